-- Forgets what bound accounts whose hosts were forgotten, where it has bound none since an instant. Gives how many.
-- Gives one row.
with gone as (
  delete from removed_hosts where user_id in (
    select user_id from removed_hosts
    where (flood_until is null or flood_until < to_timestamp($<before> / 1000.0))
      and (budget_day is null or budget_day < (to_timestamp($<before> / 1000.0) at time zone 'utc')::date)
    limit $<limit>
  )
  returning 1
)
select count(*)::int as count from gone
