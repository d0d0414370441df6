-- What was done last, newest first.
-- Gives any number of rows.
select at, actor, action, subject, details from audit order by audit_id desc limit $<limit>
