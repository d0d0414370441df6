-- The ban of one person that is in force.
-- Gives at most one row.
select user_id as "user", until, reason, made_by as "by", made_at as "at" from bans
where user_id = $<user> and (until is null or until > now())
