-- One host, without its session.
-- Gives at most one row.
select
  host_id::text as "host", phone_label as "phoneLabel", user_id as "user", status, parked_until as "parkedUntil",
  flood_until as "floodUntil",
  case when budget_day = (now() at time zone 'utc')::date then budget_used else 0 end as "usedToday",
  last_error as "lastError", added_at as "addedAt", login_at as "loginAt"
from hosts
where host_id = $<host>
