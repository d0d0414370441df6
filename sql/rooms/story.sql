-- What happened to one room and when, in order.
-- Gives any number of rows.
select step.at, step.event, step.who as "user"
from rooms
cross join lateral (
  values
    (1, made_at, 'made', null),
    (2, invited_at, 'invited', null),
    (3, entered_a_at, 'entered', a),
    (4, entered_b_at, 'entered', b),
    (5, opened_at, 'opened', null),
    (6, closing_at, 'closing', ended_by),
    (7, closed_at, 'closed', null)
) as step (number, at, event, who)
where room_id = $<room> and step.at is not null
order by step.at, step.number
