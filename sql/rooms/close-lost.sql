-- Closes rooms that nothing backs any more, with the reason "lost" unless they had one, and frees their people.
-- Gives any number of rows.
with closed as (
  update rooms
  set closing_at = coalesce(closing_at, now()), closed_at = now(), reason = coalesce(reason, 'lost'), link = null
  where room_id = any($<rooms>::text[]) and closed_at is null
  returning *
), freed as (
  delete from active_users using closed where active_users.room_id = closed.room_id
)
select
  room_id as "room", a, b, chat_id as "chat", host_id::text as "host", stage, made_at as "madeAt",
  invited_at as "invitedAt", entry_deadline_at as "entryDeadlineAt", entered_a_at as "enteredAAt",
  entered_b_at as "enteredBAt", opened_at as "openedAt", closing_at as "closingAt", closed_at as "closedAt", reason,
  ended_by as "endedBy", link
from closed
