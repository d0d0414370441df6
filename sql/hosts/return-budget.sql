-- Takes one group off what a host has made on this UTC day: it was not made after all.
-- Gives no rows.
update hosts set budget_used = budget_used - 1
where host_id = $<host> and budget_used > 0 and budget_day = (now() at time zone 'utc')::date
