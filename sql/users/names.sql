-- Language and nickname of many people at once.
-- Gives any number of rows.
select user_id as "user", language, nickname from users where user_id = any($<users>::bigint[])
