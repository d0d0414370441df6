-- The greatest token of a lease that has written here.
-- Gives at most one row.
select token::text as token from fences where name = $<name>
