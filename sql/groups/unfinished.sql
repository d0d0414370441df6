-- Groups that have been in preparation for longer than a working host takes, each with whether a process may work as its host.
-- Gives any number of rows.
select $<columns:raw>, (
  select may_work from hosts where hosts.host_id = groups.host_id
) as "hostMayWork"
from groups
where status = 'preparing' and changed_at < now() - $<forMs> * interval '1 millisecond'
order by group_id
