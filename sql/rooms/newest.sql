-- The rooms made last, newest first.
-- Gives any number of rows.
select $<columns:raw> from rooms
order by made_at desc, room_id
limit $<limit>
