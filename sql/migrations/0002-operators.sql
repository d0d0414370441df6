-- What operators ask and do: people are found by name and by their rooms, hosts are drained.

create index users_username on users (lower(username) text_pattern_ops);
create index users_nickname on users (lower(nickname) text_pattern_ops);
create index rooms_a on rooms (a);
create index rooms_b on rooms (b);
create index audit_subject on audit (subject);

-- draining: makes no groups any more and gives up its stock; its rooms live on, and their groups are deleted afterwards.
alter table hosts drop constraint hosts_status_check;
alter table hosts add constraint hosts_status_check check (status in ('active', 'parked', 'quarantined', 'draining'));
