-- Every ban in force, newest first; with those that ended less than so many seconds ago.
-- Gives any number of rows.
select user_id as "user", until, reason, made_by as "by", made_at as "at" from bans
where until is null or until > now() - make_interval(secs => $<endedS>)
order by made_at desc, user_id
