-- Lets a host rest until an instant, because Telegram said so. A quarantined host stays quarantined.
-- Gives no rows.
update hosts set status = 'parked', parked_until = to_timestamp($<until> / 1000.0), last_error = $<reason>
where host_id = $<host> and status <> 'quarantined'
