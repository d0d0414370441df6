-- The broadcast that is being sent; several take their turn.
-- Gives at most one row.
select $<columns:raw> from broadcasts
where status = 'running'
order by started_at, broadcast_id
limit 1
