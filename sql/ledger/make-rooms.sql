-- Rooms that were made. A room that is known stays as it is.
-- Gives no rows.
insert into rooms (room_id, a, b, chat_id, host_id, made_at)
select room_id, a, b, chat_id, host_id, to_timestamp(made_at / 1000.0)
from unnest(
  $<room>::text[], $<a>::bigint[], $<b>::bigint[], $<chat>::bigint[], $<host>::int[], $<at>::bigint[]
) as made (room_id, a, b, chat_id, host_id, made_at)
on conflict (room_id) do nothing
