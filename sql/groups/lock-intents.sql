-- Lets one host at a time decide whether a group is needed, until the transaction ends.
-- Gives one row.
select pg_advisory_xact_lock($<lock>)::text as locked
