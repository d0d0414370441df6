-- Who has paused matching, if somebody has: Redis may forget it.
alter table deployment add column paused_by text;
