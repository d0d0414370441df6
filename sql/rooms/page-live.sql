-- Rooms that are not closed, in pages: those after one room's id, by id (ids sort by age).
-- Gives any number of rows.
select $<columns:raw> from rooms
where closed_at is null and room_id > $<after>
order by room_id
limit $<limit>
