-- Adds a host, or gives one that logged in again its new session and makes it active. A new login ends no wait that Telegram asked for.
-- Gives one row.
insert into hosts (phone_label, user_id, session) values ($<phoneLabel>, $<user>, $<session>)
on conflict (user_id) do update set
  phone_label = excluded.phone_label, session = excluded.session, login_at = clock_timestamp(), last_error = null,
  status = case when hosts.flood_until > now() then 'parked' else 'active' end,
  parked_until = case when hosts.flood_until > now() then hosts.flood_until end
returning host_id::text as "host"
