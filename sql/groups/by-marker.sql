-- The group that was created with this marker.
-- Gives at most one row.
select
  group_id as "group", marker, host_id::text as "host", chat_id as "chat", access_hash as "accessHash", status,
  room_id as "room", created_at as "createdAt", changed_at as "changedAt"
from groups
where marker = $<marker>
