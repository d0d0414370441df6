-- People whose room is closing are in it no longer. Rows that point at another room, or at none, are not theirs.
-- Gives no rows.
delete from active_users where room_id = any($<rooms>::text[])
