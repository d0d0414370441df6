-- Hosts without their sessions: all of them, or one. A wait that is over is not told any more: nobody has to end it.
-- Gives any number of rows.
select
  host_id::text as "host", phone_label as "phoneLabel", user_id as "user",
  case when rested then 'active' else status end as "status",
  case when not rested then parked_until end as "parkedUntil",
  case when not rested then last_error end as "lastError",
  may_work as "mayWork",
  flood_until as "floodUntil",
  case when budget_day = (now() at time zone 'utc')::date then budget_used else 0 end as "usedToday",
  added_at as "addedAt", login_at as "loginAt"
from hosts cross join lateral (select (status = 'parked' and parked_until <= now()) is true as rested) as wait
where $<host> is null or host_id = $<host>::bigint
order by host_id
