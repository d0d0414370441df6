-- Every ban in force, newest first.
-- Gives any number of rows.
select user_id as "user", until, reason, made_by as "by", made_at as "at" from bans
where until is null or until > now()
order by made_at desc, user_id
