-- Forgets a host.
-- Gives no rows.
delete from hosts where host_id = $<host>
