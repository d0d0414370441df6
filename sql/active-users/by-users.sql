-- Where these people are; no row for those who are idle.
-- Gives any number of rows.
select user_id as "user", state, since, room_id as "room", first_in_line as "first", fact from active_users
where user_id = any($<users>::bigint[])
