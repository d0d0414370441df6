-- Keeps (or clears, with null) the command to go on with after registration, unless a newer update was seen.
-- Gives at most one row.
update users set pending_command = $<command>, seen_update = $<update>, seen_at = now()
where user_id = $<user> and (seen_update is null or seen_update <= $<update> or seen_at < now() - interval '7 days')
returning user_id as "user"
