-- Who waits or is paired, in pages: those after one person's id, by id.
-- Gives any number of rows.
select $<columns:raw> from active_users
where user_id > $<after>
order by user_id
limit $<limit>
