-- Who waits or is paired, in pages: those after one person's id, by id.
-- Gives any number of rows.
select user_id as "user", state, since, room_id as "room", first_in_line as "first", fact from active_users
where user_id > $<after>
order by user_id
limit $<limit>
