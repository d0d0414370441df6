-- The rooms of one person, newest first.
-- Gives any number of rows.
select room_id as "room", stage, made_at as "madeAt", closed_at as "closedAt", reason
from rooms
where a = $<user> or b = $<user>
order by made_at desc
limit $<limit>
