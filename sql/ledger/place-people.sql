-- People who wait or are paired, as far as the fact is news. Nobody is paired in a room that is already ending.
-- Gives no rows.
insert into active_users (user_id, state, since, room_id, first_in_line, fact)
select
  fact.user_id, fact.state, to_timestamp(fact.since / 1000.0), fact.room_id, fact.first_in_line, fact.ms || '-' || fact.seq
from unnest(
  $<user>::bigint[], $<state>::text[], $<since>::bigint[], $<room>::text[], $<first>::boolean[], $<ms>::bigint[],
  $<seq>::bigint[]
) as fact (user_id, state, since, room_id, first_in_line, ms, seq)
cross join deployment
left join rooms using (room_id)
where (fact.ms, fact.seq) > (ledger_ms, ledger_seq)
  and (fact.state = 'waiting' or (rooms.room_id is not null and rooms.closing_at is null and rooms.closed_at is null))
on conflict (user_id) do update set
  state = excluded.state, since = excluded.since, room_id = excluded.room_id,
  first_in_line = excluded.first_in_line, fact = excluded.fact
