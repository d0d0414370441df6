-- Who has not been sent a cancelled broadcast is not meant any more; what is on its way is in doubt until its sender,
-- if that still lives, says more. Runs after the statement that cancels, to see what was put back in line until then.
-- Gives no rows.
with spared as (
  delete from broadcast_recipients where broadcast_id = $<broadcast> and state = 'planned'
)
update broadcast_recipients set state = 'doubt', changed_at = now()
where broadcast_id = $<broadcast> and state = 'sending'
