-- What else happened to rooms, one row each; null for what did not. Every column keeps the earliest (for the
-- invitation: the latest) of what was ever said, so facts about a room may come twice and in any order.
-- Rooms that Postgres does not know are passed over.
-- Gives no rows.
update rooms set
  invited_at = greatest(rooms.invited_at, moved.invited_at),
  entry_deadline_at = case when moved.newer then moved.entry_deadline_at else rooms.entry_deadline_at end,
  link = case
    when rooms.closed_at is not null or moved.closed_at is not null then null
    when moved.newer then moved.link
    else rooms.link
  end,
  opened_at = least(rooms.opened_at, moved.opened_at),
  closing_at = least(rooms.closing_at, moved.closing_at),
  reason = coalesce(rooms.reason, moved.reason),
  ended_by = case when rooms.reason is null then moved.ended_by else rooms.ended_by end,
  closed_at = least(rooms.closed_at, moved.closed_at)
from (
  select
    fact.room_id, fact.link, fact.reason, fact.ended_by,
    to_timestamp(fact.invited_at / 1000.0) as invited_at,
    to_timestamp(fact.entry_deadline_at / 1000.0) as entry_deadline_at,
    to_timestamp(fact.opened_at / 1000.0) as opened_at,
    to_timestamp(fact.closing_at / 1000.0) as closing_at,
    to_timestamp(fact.closed_at / 1000.0) as closed_at,
    fact.invited_at is not null
      and (known.invited_at is null or to_timestamp(fact.invited_at / 1000.0) >= known.invited_at) as newer
  from unnest(
    $<room>::text[], $<invitedAt>::bigint[], $<entryDeadlineAt>::bigint[], $<link>::text[], $<openedAt>::bigint[],
    $<closingAt>::bigint[], $<reason>::text[], $<endedBy>::bigint[], $<closedAt>::bigint[]
  ) as fact (room_id, invited_at, entry_deadline_at, link, opened_at, closing_at, reason, ended_by, closed_at)
  join rooms as known using (room_id)
) as moved
where rooms.room_id = moved.room_id
