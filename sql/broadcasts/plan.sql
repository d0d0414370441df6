-- Writes the intent to send to the next people of a broadcast, in the order of their ids. Gives how many there were.
-- Gives one row.
with added as (
  insert into broadcast_recipients (broadcast_id, user_id)
  select a.broadcast_id, a.user_id
  from broadcast_audience a
  join broadcasts b using (broadcast_id)
  where a.broadcast_id = $<broadcast> and b.status = 'running' and a.user_id > coalesce(
    (select max(r.user_id) from broadcast_recipients r where r.broadcast_id = $<broadcast>), 0
  )
  order by a.user_id
  limit $<limit>
  on conflict do nothing
  returning user_id
)
select count(*)::int as count from added
