-- Every encrypted session, each with the account it belongs to. Nobody else changes them meanwhile.
-- Gives any number of rows.
select host_id::text as "host", user_id as "user", session from hosts order by host_id for update
