-- Takes the next person of a running broadcast: no other call takes the same one. Who has blocked the bot since the
-- intent was written is not tried; who switched such messages off or was banned is skipped.
-- Gives at most one row.
update broadcast_recipients r
set
  state = case
    when not u.reachable then 'blocked'
    when not u.mailings or exists (
      select from bans where bans.user_id = u.user_id and (bans.until is null or bans.until > now())
    ) then 'skipped'
    else 'sending'
  end,
  changed_at = now()
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
