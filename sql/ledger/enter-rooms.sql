-- Who entered which room; the first entry of each counts.
-- Gives no rows.
update rooms set
  entered_a_at = least(rooms.entered_a_at, entered.a_at),
  entered_b_at = least(rooms.entered_b_at, entered.b_at)
from (
  select
    known.room_id,
    to_timestamp(min(fact.at) filter (where fact.user_id = known.a) / 1000.0) as a_at,
    to_timestamp(min(fact.at) filter (where fact.user_id = known.b) / 1000.0) as b_at
  from unnest($<room>::text[], $<user>::bigint[], $<at>::bigint[]) as fact (room_id, user_id, at)
  join rooms as known using (room_id)
  group by known.room_id
) as entered
where rooms.room_id = entered.room_id
