-- How many groups each host has in each state; deleted and lost ones are not counted.
-- Gives any number of rows.
select host_id::text as "host", status, count(*)::int as count from groups
where status not in ('deleted', 'lost')
group by host_id, status
order by host_id, status
