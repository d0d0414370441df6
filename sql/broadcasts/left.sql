-- How many people are left of the broadcasts that are being sent: of those they were for when they began; once nobody is
-- left to plan, of those who were planned.
-- Gives one row.
select coalesce(sum(
  case
    when exists (
      select from broadcast_audience a where a.broadcast_id = b.broadcast_id and a.user_id > rows.last
    ) then greatest(0, b.total - rows.settled)
    else rows.planned - rows.settled
  end
), 0)::int as count
from broadcasts b
cross join lateral (
  select
    count(*) as planned,
    count(*) filter (where r.state not in ('planned', 'sending')) as settled,
    coalesce(max(r.user_id), 0) as last
  from broadcast_recipients r
  where r.broadcast_id = b.broadcast_id
) as rows
where b.status = 'running'
