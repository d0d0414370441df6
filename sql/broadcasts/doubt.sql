-- What a sender that is gone had begun: whether those messages arrived, nobody knows.
-- Gives one row.
with doubted as (
  update broadcast_recipients set state = 'doubt', changed_at = now()
  where broadcast_id = $<broadcast> and state = 'sending'
  returning user_id
)
select count(*)::int as count from doubted
