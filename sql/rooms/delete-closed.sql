-- Forgets some rooms that closed before an instant, oldest first. Gives how many.
-- Gives one row.
with gone as (
  delete from rooms where room_id in (
    select room_id from rooms where closed_at < to_timestamp($<before> / 1000.0) order by closed_at limit $<limit>
  )
  returning 1
)
select count(*)::int as count from gone
