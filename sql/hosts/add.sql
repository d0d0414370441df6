-- Gives a host that logged in again its new session and makes it active, or adds one. A new login ends no wait that
-- Telegram asked for and gives no new budget, also when the host was forgotten meanwhile.
-- An insert uses up a number also where it finds a conflict, and operators read these numbers: so the update comes first.
-- Gives one row.
with known as (
  update hosts set
    phone_label = $<phoneLabel>, session = $<session>, login_at = clock_timestamp(), last_error = null,
    status = case when flood_until > now() then 'parked' else 'active' end,
    parked_until = case when flood_until > now() then flood_until end
  where user_id = $<user>
  returning host_id
), kept as (
  delete from removed_hosts where user_id = $<user> returning flood_until, budget_day, budget_used
), added as (
  insert into hosts (phone_label, user_id, session, status, parked_until, flood_until, budget_day, budget_used)
  select
    $<phoneLabel>, $<user>, $<session>, case when flood_until > now() then 'parked' else 'active' end,
    case when flood_until > now() then flood_until end, flood_until, budget_day, coalesce(budget_used, 0)
  from (values (true)) as one left join kept on true
  where not exists (select from known)
  -- The same account, added at the same moment.
  on conflict (user_id) do update set session = excluded.session
  returning host_id
)
select host_id::text as "host" from known union all select host_id::text from added
