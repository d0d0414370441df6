-- Lifts a ban. Gives a row when there was one in force.
-- Gives at most one row.
with lifted as (
  delete from bans where user_id = $<user> returning user_id, until
)
select user_id as "user" from lifted where until is null or until > now()
