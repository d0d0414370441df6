-- The epoch of the Redis data that this database belongs to (null before the first start), and how far the ledger has come in it.
-- Gives one row.
select epoch, ledger_ms as "ledgerMs", ledger_seq as "ledgerSeq" from deployment
