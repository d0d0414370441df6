-- These rooms.
-- Gives any number of rows.
select $<columns:raw> from rooms
where room_id = any($<rooms>::text[])
