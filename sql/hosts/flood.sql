-- Lets a host rest until an instant, because Telegram said so: never shorter than it said before. A quarantined host stays quarantined, a draining one goes on draining.
-- Gives no rows.
update hosts set
  status = case when status = 'draining' then status else 'parked' end,
  parked_until = greatest(parked_until, to_timestamp($<until> / 1000.0)),
  flood_until = greatest(flood_until, to_timestamp($<until> / 1000.0)), last_error = $<reason>
where host_id = $<host> and status <> 'quarantined'
