-- Whom each broadcast is for: as things stand now, but once it was confirmed only those who were there by then.
create or replace view broadcast_audience as
select b.broadcast_id, u.user_id
from broadcasts b
join users u on
  u.reachable and u.mailings
  and u.created_at <= coalesce(b.started_at, now())
  and (b.gender is null or u.gender = b.gender)
  and (b.language is null or (u.language ~* '^ru($|[-_])') = (b.language = 'ru'))
  and (b.seen_within_s is null or u.seen_at > coalesce(b.started_at, now()) - make_interval(secs => b.seen_within_s))
where not exists (select from bans where bans.user_id = u.user_id and (bans.until is null or bans.until > now()));
