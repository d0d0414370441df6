-- Writes down who did what as administrator or operator.
-- Gives no rows.
insert into audit (actor, action, subject, details) values ($<actor>, $<action>, $<subject>, $<details>)
