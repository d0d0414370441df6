-- The encrypted session of one host, and the account it belongs to.
-- Gives at most one row.
select user_id as "user", session from hosts where host_id = $<host>
