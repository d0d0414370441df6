-- Forgets one person: the profile, where they were, a ban that is over; in closed rooms a number below zero stands instead of them
-- (-1 and -2, one for each of the two). Gives what was found.
-- Gives one row.
with profile as (
  delete from users where user_id = $<user> returning 1
), active as (
  delete from active_users where user_id = $<user>
), over as (
  delete from bans where user_id = $<user> and until <= now()
), anonymous as (
  update rooms set
    a = case when a = $<user> then -1 else a end,
    b = case when b = $<user> then -2 else b end,
    ended_by = case when ended_by = $<user> then case when a = $<user> then -1 else -2 end else ended_by end
  where (a = $<user> or b = $<user>) and closed_at is not null
  returning 1
)
select
  exists (select from profile) as "profile",
  (select count(*)::int from anonymous) as "rooms",
  exists (select from bans where user_id = $<user> and (until is null or until > now())) as "banned"
