-- Begins a new epoch. Redis numbers its streams anew in each (from its clock, which another server may have set
-- differently), so the ledger starts counting from nothing.
-- Gives no rows.
update deployment set epoch = $<epoch>, ledger_ms = 0, ledger_seq = 0 where epoch is distinct from $<epoch>
