-- What was done last of one kind.
-- Gives at most one row.
select at, actor, action, subject, details from audit where action = $<action> order by audit_id desc limit 1
