-- In how many rooms that are not closed yet a person is.
-- Gives one row.
select count(*)::int as count from rooms where (a = $<user> or b = $<user>) and closed_at is null
