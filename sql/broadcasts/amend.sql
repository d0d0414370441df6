-- Changes to whom a draft goes, and its button. Gives a row when it was still a draft.
-- Gives at most one row.
update broadcasts set
  gender = $<gender>, language = $<language>, seen_within_s = $<seenWithinS>, button_text = $<buttonText>,
  button_url = $<buttonUrl>
where broadcast_id = $<broadcast> and status = 'draft'
returning broadcast_id as "broadcast"
