-- Forgets bans whose end has passed: those of one person, or with null some of all, the earliest end first.
-- Gives any number of rows.
delete from bans where user_id in (
  select user_id from bans
  where until <= now() and ($<user> is null or user_id = $<user>::bigint)
  order by until
  limit $<limit>
  for update
)
returning user_id as "user"
