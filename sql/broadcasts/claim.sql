-- Takes the next person of a running broadcast: no other call takes the same one. Who blocked the bot or switched such
-- messages off since the intent was written is skipped.
-- Gives at most one row.
update broadcast_recipients r
set state = case when u.reachable and u.mailings then 'sending' else 'skipped' end, changed_at = now()
from users u
where r.broadcast_id = $<broadcast> and u.user_id = r.user_id and r.user_id = (
  select p.user_id
  from broadcast_recipients p
  where p.broadcast_id = $<broadcast> and p.state = 'planned'
    and exists (select from broadcasts b where b.broadcast_id = $<broadcast> and b.status = 'running')
  order by p.user_id
  limit 1
  for update skip locked
)
returning r.user_id as "user", r.state, u.language
