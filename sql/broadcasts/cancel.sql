-- A broadcast that is being sent or paused ends for good; who has not been sent it is not meant any more.
-- Gives at most one row.
with cancelled as (
  update broadcasts set status = 'cancelled', finished_at = now()
  where broadcast_id = $<broadcast> and status in ('running', 'paused')
  returning broadcast_id
), spared as (
  delete from broadcast_recipients
  where state = 'planned' and broadcast_id in (select broadcast_id from cancelled)
)
select broadcast_id as "broadcast" from cancelled
