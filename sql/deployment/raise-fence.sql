-- Stores a lease's token unless a newer one was seen, and keeps other holders out until the transaction ends.
-- Gives at most one row.
insert into fences (name, token) values ($<name>, $<token>)
on conflict (name) do update set token = excluded.token where fences.token <= excluded.token
returning token
