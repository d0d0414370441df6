-- The people of a room are not in its group any more.
-- Gives no rows.
update groups set emptied_room = $<room> where group_id = $<group>
