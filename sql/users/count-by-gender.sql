-- How many people there are of each gender; null for those who have not said yet.
-- Gives any number of rows.
select gender, count(*)::int as count from users group by gender
