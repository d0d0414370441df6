-- The bans that come to their end next are looked for every few seconds.
create index bans_until on bans (until) where until is not null;
