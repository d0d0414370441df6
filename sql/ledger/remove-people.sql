-- People who became idle, as far as the fact is news.
-- Gives no rows.
delete from active_users
using unnest($<user>::bigint[], $<ms>::bigint[], $<seq>::bigint[]) as fact (user_id, ms, seq), deployment
where active_users.user_id = fact.user_id and (fact.ms, fact.seq) > (ledger_ms, ledger_seq)
