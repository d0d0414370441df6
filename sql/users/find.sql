-- People whose username or nickname fits (regular expressions; null for none), or who have this id; the one seen last first.
-- `total`: how many there are, those of other pages included.
-- Gives any number of rows.
select user_id as "user", username, nickname, seen_at as "seenAt", reachable, count(*) over ()::int as total
from users
where username ~ $<username> or nickname ~ $<nickname> or user_id = $<user>
order by seen_at desc, user_id
limit $<limit> offset $<offset>
