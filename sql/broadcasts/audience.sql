-- How many people a broadcast is for, as things stand now.
-- Gives one row.
select count(*)::int as count from broadcast_audience where broadcast_id = $<broadcast>
