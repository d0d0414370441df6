-- The ledger has come this far; never backwards.
-- Gives no rows.
update deployment set ledger_ms = $<ms>, ledger_seq = $<seq> where ($<ms>, $<seq>) > (ledger_ms, ledger_seq)
