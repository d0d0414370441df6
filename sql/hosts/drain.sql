-- Has a host give up its groups: it makes no more. A quarantined host can do nothing, and stays so.
-- Gives at most one row.
update hosts set status = 'draining', parked_until = null
where host_id = $<host> and status <> 'quarantined'
returning host_id::text as "host"
