-- Groups that should exist on Telegram (or are about to), in pages: those after one row, oldest first.
-- Gives any number of rows.
select $<columns:raw> from groups
where status not in ('deleted', 'lost') and group_id > $<after>
order by group_id
limit $<limit>
