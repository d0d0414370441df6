-- Forgets rooms that closed before an instant. Gives how many.
-- Gives one row.
with gone as (
  delete from rooms where closed_at < to_timestamp($<before> / 1000.0) returning 1
)
select count(*)::int as count from gone
