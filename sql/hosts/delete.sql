-- Forgets a host. How long Telegram wants the account to rest, and what it has made today, is kept for its next login.
-- Gives no rows.
with gone as (
  delete from hosts where host_id = $<host> returning user_id, flood_until, budget_day, budget_used
)
insert into removed_hosts (user_id, flood_until, budget_day, budget_used)
select user_id, flood_until, budget_day, budget_used from gone
where flood_until > now() or (budget_used > 0 and budget_day = (now() at time zone 'utc')::date)
on conflict (user_id) do update set
  flood_until = greatest(removed_hosts.flood_until, excluded.flood_until),
  budget_day = excluded.budget_day, budget_used = excluded.budget_used
