-- How many people are left of the broadcasts that are being sent: of those they were for when they began.
-- Gives one row.
select coalesce(sum(greatest(0, b.total - settled.count)), 0)::int as count
from broadcasts b
cross join lateral (
  select count(*) as count
  from broadcast_recipients r
  where r.broadcast_id = b.broadcast_id and r.state not in ('planned', 'sending')
) as settled
where b.status = 'running'
