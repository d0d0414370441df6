-- People whose username or nickname begins so (in small letters, without the @), or who have this id; the one seen last first.
-- Gives any number of rows.
select user_id as "user", username, nickname, seen_at as "seenAt", reachable
from users
where lower(username) like $<pattern> or lower(nickname) like $<pattern> or user_id = $<user>
order by seen_at desc, user_id
limit $<limit>
