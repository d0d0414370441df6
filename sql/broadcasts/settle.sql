-- Writes down what became of a message to one person.
-- Gives no rows.
update broadcast_recipients set state = $<state>, changed_at = now()
where broadcast_id = $<broadcast> and user_id = $<user> and state in ('sending', 'doubt')
