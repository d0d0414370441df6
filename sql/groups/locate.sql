-- The group exists on Telegram: stores how to reach it.
-- Gives at most one row.
update groups set chat_id = $<chat>, access_hash = $<accessHash>, changed_at = now()
where group_id = $<group> and status = 'preparing'
returning group_id as "group"
