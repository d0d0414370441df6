-- Where one person is; no row when idle.
-- Gives at most one row.
select user_id as "user", state, since, room_id as "room", first_in_line as "first", fact from active_users where user_id = $<user>
