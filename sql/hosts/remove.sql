-- Forgets a host that owns no groups any more, with the rows of its groups. No row when there is no such host, or it still owns some.
-- Gives at most one row.
with free as (
  select host_id from hosts
  where host_id = $<host>
    and not exists (select from groups where groups.host_id = hosts.host_id and status not in ('deleted', 'lost'))
  for update
), gone as (
  delete from groups using free where groups.host_id = free.host_id
)
select host_id::text as "host" from free
