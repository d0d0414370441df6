-- A broadcast whose recipients have all been dealt with is done.
-- Gives at most one row.
update broadcasts set status = 'done', finished_at = now()
where broadcast_id = $<broadcast> and status = 'running' and not exists (
  select from broadcast_recipients r where r.broadcast_id = $<broadcast> and r.state in ('planned', 'sending')
)
returning broadcast_id as "broadcast"
