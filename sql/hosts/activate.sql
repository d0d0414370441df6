-- Puts a host to work again.
-- Gives no rows.
update hosts set status = 'active', parked_until = null, last_error = null where host_id = $<host>
