-- How far the ledger has come: the id of the newest fact it wrote in this epoch.
-- Gives one row.
select ledger_ms || '-' || ledger_seq as position from deployment
