-- When the account was logged in last: a running service takes up the session of a later login.
alter table hosts add column login_at timestamptz not null default now();
update hosts set login_at = added_at;
