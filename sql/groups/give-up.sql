-- A group that its host cannot finish is to be deleted; finished by now, it stays what it has become.
-- Gives at most one row.
update groups set status = 'disposing', changed_at = now()
where group_id = $<group> and status = 'preparing'
returning group_id as "group"
