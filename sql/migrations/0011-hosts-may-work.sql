-- Whether a process may work as this host: one that was reported as spam makes no groups any more, but may still delete its own.
alter table hosts add column may_work boolean not null
  generated always as (status <> 'quarantined' or coalesce(last_error, '') = 'USER_RESTRICTED') stored;
