-- Who has paused matching; null while it goes on.
-- Gives one row.
select paused_by as "by" from deployment
