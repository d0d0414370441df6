-- Remembers who has paused matching, or with null that it goes on.
-- Gives no rows.
update deployment set paused_by = $<by>
