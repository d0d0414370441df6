-- A broadcast that is being sent stops where it is; `error` says why, if nobody asked for it.
-- Gives at most one row.
update broadcasts set status = 'paused', error = $<error>
where broadcast_id = $<broadcast> and status = 'running'
returning broadcast_id as "broadcast"
