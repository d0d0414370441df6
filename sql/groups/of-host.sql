-- The groups of one host that are in one of these states, oldest first.
-- Gives any number of rows.
select $<columns:raw> from groups
where host_id = $<host> and status = any($<statuses>::text[])
order by group_id
