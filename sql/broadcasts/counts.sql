-- How many recipients of a broadcast there are in each state. Who was there when it began and was not any more when their
-- turn to be planned came has no row: once nobody is left to plan, they count as skipped.
-- Gives any number of rows.
with rows as (
  select state, count(*) as count, max(user_id) as last
  from broadcast_recipients
  where broadcast_id = $<broadcast>
  group by state
), missing as (
  select 'skipped' as state, greatest(0, b.total - (select coalesce(sum(rows.count), 0) from rows)) as count
  from broadcasts b
  where b.broadcast_id = $<broadcast> and (
    b.status = 'done' or b.status in ('running', 'paused') and not exists (
      select from broadcast_audience a
      where a.broadcast_id = $<broadcast> and a.user_id > (select coalesce(max(last), 0) from rows)
    )
  )
)
select state, sum(count)::int as count
from (select state, count from rows union all select state, count from missing) as found
group by state
