-- Stores a person at /start, reachable from now on. What they chose before stays; their name and language follow the
-- newest update only (an update older than the last one seen changes nothing, unless the numbering had a week to restart).
-- Gives one row.
insert into users (user_id, username, language, seen_update)
values ($<user>, $<username>, $<language>, $<update>)
on conflict (user_id) do update set
  reachable = true,
  (username, language, seen_update, seen_at) = (
    select
      case when fresh then excluded.username else users.username end,
      case when fresh then excluded.language else users.language end,
      case when fresh then excluded.seen_update else users.seen_update end,
      case when fresh then now() else users.seen_at end
    from (
      select users.seen_update is null or users.seen_update <= excluded.seen_update
        or users.seen_at < now() - interval '7 days' as fresh
    ) as guard
  )
returning
  user_id as "user", username, language, gender, nickname, pending_command as "pendingCommand",
  created_at as "createdAt", seen_at as "seenAt", reachable, informed_at as "informedAt", mailings,
  (
    select coalesce(until, 'infinity') from bans
    where bans.user_id = users.user_id and (until is null or until > now())
  ) as "bannedUntil"
