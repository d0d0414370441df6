-- Who has this username (in small letters), or had it when they were seen last; the one seen last first.
-- Gives any number of rows.
select user_id as "user", username, nickname, seen_at as "seenAt", reachable
from users
where lower(username) = $<username>
order by seen_at desc, user_id
limit $<limit>
