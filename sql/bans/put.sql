-- Bans a person until an instant, or for good with null. Replaces an earlier ban.
-- Gives no rows.
insert into bans (user_id, until, reason, made_by, made_at)
values (
  $<user>, to_timestamp($<until> / 1000.0), $<reason>, $<by>, coalesce(to_timestamp($<at> / 1000.0), now())
)
on conflict (user_id) do update set
  until = excluded.until, reason = excluded.reason, made_by = excluded.made_by, made_at = excluded.made_at
