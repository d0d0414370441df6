-- Forgets some entries from before an instant, oldest first. Gives how many.
-- Gives one row.
with gone as (
  delete from audit where audit_id in (
    select audit_id from audit where at < to_timestamp($<before> / 1000.0) order by audit_id limit $<limit>
  )
  returning 1
)
select count(*)::int as count from gone
