-- How many wait and how many are paired, and since when the oldest waits.
-- Gives one row.
select
  (count(*) filter (where state = 'waiting'))::int as waiting,
  (count(*) filter (where state = 'waiting' and first_in_line))::int as "firstInLine",
  (count(*) filter (where state = 'paired'))::int as paired,
  min(since) filter (where state = 'waiting') as "oldestWaitAt"
from active_users
