-- The broadcasts made last, newest first.
-- Gives any number of rows.
select $<columns:raw> from broadcasts
order by broadcast_id desc
limit $<limit>
