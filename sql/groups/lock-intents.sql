-- Lets one host at a time decide whether a group is needed, until the transaction ends: false while another one does.
-- Gives one row.
select pg_try_advisory_xact_lock($<lock>) as locked
