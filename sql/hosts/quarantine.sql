-- Takes a host out of work until an operator logs it in again.
-- Gives no rows.
update hosts set status = 'quarantined', parked_until = null, last_error = $<reason> where host_id = $<host>
