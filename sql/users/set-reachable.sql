-- Remembers whether the bot can write to a person.
-- Gives no rows.
update users set reachable = $<reachable> where user_id = $<user> and reachable <> $<reachable>
