-- Groups that are to go and are still there, each with the last room that it held, whose people may still be inside: at
-- once where no process may work as their host, otherwise when it has had its time. Oldest first.
-- Gives any number of rows.
select group_id as "group", groups.chat_id as "chat", room.room_id as "room", room.a, room.b
from groups
join hosts using (host_id)
cross join lateral (
  select rooms.room_id, rooms.a, rooms.b from rooms
  where rooms.chat_id = groups.chat_id
  order by rooms.made_at desc
  limit 1
) as room
where groups.status = 'disposing'
  and room.room_id is distinct from groups.emptied_room
  and (
    not hosts.may_work
    or groups.changed_at < now() - $<patienceMs> * interval '1 millisecond'
  )
order by group_id
limit $<limit>
