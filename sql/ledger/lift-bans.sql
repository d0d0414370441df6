-- Bans that were lifted while in force, as far as the fact is news. What was banned anew since stays.
-- Gives no rows.
delete from bans
using unnest($<user>::bigint[], $<at>::bigint[], $<ms>::bigint[], $<seq>::bigint[]) as fact (user_id, at, ms, seq), deployment
where bans.user_id = fact.user_id and bans.made_at <= to_timestamp(fact.at / 1000.0)
  and (bans.until is null or bans.until > to_timestamp(fact.at / 1000.0))
  and (fact.ms, fact.seq) > (ledger_ms, ledger_seq)
