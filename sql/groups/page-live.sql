-- Groups that should exist on Telegram (or are about to), in pages: those after one row, oldest first.
-- Gives any number of rows.
select
  group_id as "group", marker, host_id::text as "host", chat_id as "chat", access_hash as "accessHash", status,
  room_id as "room", created_at as "createdAt", changed_at as "changedAt"
from groups
where status not in ('deleted', 'lost') and group_id > $<after>
order by group_id
limit $<limit>
