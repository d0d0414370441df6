-- Moves a group to another place in its life. What is deleted stays deleted; no room holds it any more.
-- Gives at most one row.
update groups set status = $<status>, room_id = null, changed_at = now()
where group_id = $<group> and status <> 'deleted'
returning group_id as "group"
