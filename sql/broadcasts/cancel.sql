-- A broadcast that is being sent or paused ends for good.
-- Gives at most one row.
update broadcasts set status = 'cancelled', finished_at = now()
where broadcast_id = $<broadcast> and status in ('running', 'paused')
returning broadcast_id as "broadcast"
