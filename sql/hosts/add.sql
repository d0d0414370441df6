-- Adds a host, or gives one that logged in again its new session and makes it active.
-- Gives one row.
insert into hosts (phone_label, user_id, session) values ($<phoneLabel>, $<user>, $<session>)
on conflict (user_id) do update set
  phone_label = excluded.phone_label, session = excluded.session, status = 'active', parked_until = null, last_error = null
returning host_id::text as "host"
