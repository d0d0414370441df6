-- What still binds an account whose host was forgotten: it is the same account when it logs in again.
create table removed_hosts (
  user_id     bigint primary key,
  flood_until timestamptz,
  budget_day  date,
  budget_used int not null
);
