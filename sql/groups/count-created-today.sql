-- How many groups a host set out to create since midnight UTC.
-- Gives one row.
select count(*)::int as count from groups
where host_id = $<host> and created_at >= date_trunc('day', now() at time zone 'utc') at time zone 'utc'
