-- Whether a person wants messages to many people, unless a newer update of theirs was seen. Gives the row when it was stored.
-- Gives at most one row.
update users set mailings = $<mailings>, seen_update = $<update>, seen_at = now()
where user_id = $<user> and (seen_update is null or seen_update <= $<update> or seen_at < now() - interval '7 days')
returning user_id as "user"
