-- The groups behind these chat ids.
-- Gives any number of rows.
select $<columns:raw> from groups
where chat_id = any($<chats>::bigint[])
