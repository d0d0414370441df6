-- A paused broadcast goes on where it stopped.
-- Gives at most one row.
update broadcasts set status = 'running', error = null
where broadcast_id = $<broadcast> and status = 'paused'
returning broadcast_id as "broadcast"
