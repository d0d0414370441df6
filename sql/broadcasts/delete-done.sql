-- Forgets some of what became of broadcasts that were over before an instant, and those of which nothing is left. Gives
-- how many rows that were.
-- Gives one row.
with old as (
  select broadcast_id from broadcasts
  where status in ('done', 'cancelled') and finished_at < to_timestamp($<before> / 1000.0) order by broadcast_id limit $<limit>
), recipients as (
  delete from broadcast_recipients where (broadcast_id, user_id) in (
    select r.broadcast_id, r.user_id from broadcast_recipients r join old using (broadcast_id) limit $<limit>
  )
  returning 1
), gone as (
  delete from broadcasts
  where broadcast_id in (select broadcast_id from old) and (select count(*) from recipients) < $<limit>
  returning 1
)
select ((select count(*) from recipients) + (select count(*) from gone))::int as count
