-- The epoch of the Redis data that this database belongs to; null before the first start.
-- Gives one row.
select epoch from deployment
