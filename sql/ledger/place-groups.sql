-- Where groups went, as far as the fact is news. A group that is deleted, which its host says itself, stays deleted.
-- Gives no rows.
update groups set status = fact.status, room_id = fact.room_id, changed_at = now()
from unnest(
  $<chat>::bigint[], $<status>::text[], $<room>::text[], $<ms>::bigint[], $<seq>::bigint[]
) as fact (chat_id, status, room_id, ms, seq), deployment
where groups.chat_id = fact.chat_id
  and groups.status <> 'deleted'
  and (fact.ms, fact.seq) > (ledger_ms, ledger_seq)
