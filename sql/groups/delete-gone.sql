-- Forgets some groups that have been gone from Telegram since before an instant. Gives how many.
-- Gives one row.
with gone as (
  delete from groups where group_id in (
    select group_id from groups
    where status in ('deleted', 'lost') and changed_at < to_timestamp($<before> / 1000.0)
    limit $<limit>
  )
  returning 1
)
select count(*)::int as count from gone
