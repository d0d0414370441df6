-- What is known about one person.
-- Gives at most one row.
select
  user_id as "user", username, language, gender, nickname, pending_command as "pendingCommand",
  created_at as "createdAt", seen_at as "seenAt", reachable, informed_at as "informedAt", mailings,
  (
    select coalesce(until, 'infinity') from bans
    where bans.user_id = users.user_id and (until is null or until > now())
  ) as "bannedUntil"
from users
where user_id = $<user>
