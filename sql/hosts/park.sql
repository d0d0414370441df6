-- Lets a host rest until an instant, because Telegram said so. A quarantined host stays quarantined, a draining one goes on draining.
-- Gives no rows.
update hosts set
  status = case when status = 'draining' then status else 'parked' end,
  parked_until = to_timestamp($<until> / 1000.0), last_error = $<reason>
where host_id = $<host> and status <> 'quarantined'
