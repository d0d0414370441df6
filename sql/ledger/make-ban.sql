-- Writes down a ban that was made while Postgres was away, and who made it, as far as the fact is news. A later ban stays.
-- Gives no rows.
with news as (
  select 1 from deployment where ($<ms>::bigint, $<seq>::bigint) > (ledger_ms, ledger_seq)
), banned as (
  insert into bans (user_id, until, reason, made_by, made_at)
  select $<user>::bigint, to_timestamp($<until> / 1000.0), $<reason>, $<by>, to_timestamp($<at> / 1000.0) from news
  on conflict (user_id) do update set
    until = excluded.until, reason = excluded.reason, made_by = excluded.made_by, made_at = excluded.made_at
  where bans.made_at <= excluded.made_at
)
insert into audit (at, actor, action, subject, details)
select
  to_timestamp($<at> / 1000.0), $<by>, 'users ban', $<user>::text,
  jsonb_build_object('reason', $<reason>::text, 'until', $<until>::bigint)
from news
