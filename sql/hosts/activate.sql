-- Puts a host to work again, also when Telegram's wait is not over.
-- Gives no rows.
update hosts set status = 'active', parked_until = null, flood_until = null, last_error = null where host_id = $<host>
