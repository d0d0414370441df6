-- One broadcast.
-- Gives at most one row.
select
  broadcast_id as "broadcast", made_by as "madeBy", text, entities, photo, button_text as "buttonText",
  button_url as "buttonUrl", gender, language, seen_within_s as "seenWithinS", status, error, total,
  progress_admin as "progressAdmin", progress_message as "progressMessage", made_at as "madeAt",
  started_at as "startedAt", finished_at as "finishedAt"
from broadcasts
where broadcast_id = $<broadcast>
