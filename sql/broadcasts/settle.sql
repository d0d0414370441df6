-- Writes down what became of a message to one person. Back in line nobody gets once the broadcast is cancelled: they are
-- not meant any more. The lock makes a cancellation that is under way come first.
-- Gives no rows.
with meant as (
  select status from broadcasts where broadcast_id = $<broadcast> and $<state> = 'planned' for share
), spared as (
  delete from broadcast_recipients
  where broadcast_id = $<broadcast> and user_id = $<user> and state in ('sending', 'doubt')
    and exists (select from meant where status = 'cancelled')
)
update broadcast_recipients set state = $<state>, changed_at = now()
where broadcast_id = $<broadcast> and user_id = $<user> and state in ('sending', 'doubt')
  and not exists (select from meant where status = 'cancelled')
