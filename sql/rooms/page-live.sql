-- Rooms that are not closed, in pages: those after one room's id, by id (ids sort by age).
-- Gives any number of rows.
select
  room_id as "room", a, b, chat_id as "chat", host_id::text as "host", stage, made_at as "madeAt",
  invited_at as "invitedAt", entry_deadline_at as "entryDeadlineAt", entered_a_at as "enteredAAt",
  entered_b_at as "enteredBAt", opened_at as "openedAt", closing_at as "closingAt", closed_at as "closedAt", reason,
  ended_by as "endedBy", link
from rooms
where closed_at is null and room_id > $<after>
order by room_id
limit $<limit>
