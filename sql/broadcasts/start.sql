-- A draft begins to be sent. Gives a row when it was one, and there is somebody to get it.
-- Gives at most one row.
update broadcasts set
  status = 'running', started_at = now(),
  total = (select count(*) from broadcast_audience a where a.broadcast_id = $<broadcast>)
where broadcast_id = $<broadcast> and status = 'draft'
  and exists (select from broadcast_audience a where a.broadcast_id = $<broadcast>)
returning broadcast_id as "broadcast"
