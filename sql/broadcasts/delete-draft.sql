-- Deletes a broadcast that nobody has started. Gives a row when it was a draft.
-- Gives at most one row.
delete from broadcasts
where broadcast_id = $<broadcast> and status = 'draft'
returning broadcast_id as "broadcast"
