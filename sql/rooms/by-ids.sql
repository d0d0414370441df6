-- These rooms.
-- Gives any number of rows.
select
  room_id as "room", a, b, chat_id as "chat", host_id::text as "host", stage, made_at as "madeAt",
  invited_at as "invitedAt", entry_deadline_at as "entryDeadlineAt", entered_a_at as "enteredAAt",
  entered_b_at as "enteredBAt", opened_at as "openedAt", closing_at as "closingAt", closed_at as "closedAt", reason,
  ended_by as "endedBy", link
from rooms
where room_id = any($<rooms>::text[])
