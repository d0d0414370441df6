-- How many recipients of a broadcast there are in each state.
-- Gives any number of rows.
select state, count(*)::int as count from broadcast_recipients where broadcast_id = $<broadcast> group by state
