-- One broadcast.
-- Gives at most one row.
select $<columns:raw> from broadcasts
where broadcast_id = $<broadcast>
