-- The room whose people the bot has removed from a group that its host does not delete.
alter table groups add column emptied_room text;
create index rooms_of_group on rooms (chat_id, made_at desc);
