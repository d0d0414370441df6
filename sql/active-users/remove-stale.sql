-- Removes rows that Redis does not back, if the ledger has not touched them since they were read.
-- Gives any number of rows.
delete from active_users
using unnest($<users>::bigint[], $<facts>::text[]) as stale (user_id, fact)
where active_users.user_id = stale.user_id and active_users.fact = stale.fact
returning active_users.user_id as "user"
