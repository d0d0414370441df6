-- What a sender that is gone had begun, at least so long ago: whether those messages arrived, nobody knows.
-- Gives one row.
with doubted as (
  update broadcast_recipients set state = 'doubt', changed_at = now()
  where broadcast_id = $<broadcast> and state = 'sending' and changed_at <= now() - make_interval(secs => $<forS>)
  returning user_id
)
select count(*)::int as count from doubted
