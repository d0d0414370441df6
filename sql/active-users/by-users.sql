-- Where these people are; no row for those who are idle.
-- Gives any number of rows.
select $<columns:raw> from active_users
where user_id = any($<users>::bigint[])
