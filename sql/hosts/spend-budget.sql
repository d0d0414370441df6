-- Counts one more group against a host's budget of this UTC day, if any is left. No row when it is used up.
-- Gives at most one row.
update hosts set
  budget_used = case when budget_day = today then budget_used else 0 end + 1,
  budget_day = today
from (select (now() at time zone 'utc')::date as today) as utc
where host_id = $<host>
  and case when budget_day = today then budget_used else 0 end < $<max>
returning budget_used as used
