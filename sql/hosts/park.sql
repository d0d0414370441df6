-- Lets a host rest until an instant, because an operator said so: not before Telegram's own wait is over. A quarantined host stays quarantined, a draining one goes on draining.
-- Gives no rows.
update hosts set
  status = case when status = 'draining' then status else 'parked' end,
  parked_until = greatest(to_timestamp($<until> / 1000.0), flood_until), last_error = $<reason>
where host_id = $<host> and status <> 'quarantined'
