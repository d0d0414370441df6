-- Remembers the message that shows the progress of a broadcast.
-- Gives no rows.
update broadcasts set progress_admin = $<admin>, progress_message = $<message> where broadcast_id = $<broadcast>
