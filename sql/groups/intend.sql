-- Writes down that a host is about to create a group with this marker as its first title. Repeating it changes nothing.
-- Gives one row.
insert into groups (host_id, marker) values ($<host>, $<marker>)
on conflict (marker) do update set marker = excluded.marker
returning group_id as "group"
