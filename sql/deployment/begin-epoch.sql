-- Begins a new epoch, whose facts are all newer than a position; no row when one that begins later has begun already.
-- What was announced before, and still lies in the hands of a ledger, is no news then.
-- Gives at most one row.
update deployment set epoch = $<epoch>, ledger_ms = $<floorMs>, ledger_seq = 0
where ledger_ms < $<floorMs>
returning epoch
