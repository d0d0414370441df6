-- Keeps a message that is to go to many people, as a draft.
-- Gives one row.
insert into broadcasts (made_by, text, entities, photo, button_text, button_url, gender, language, seen_within_s)
values (
  $<madeBy>, $<text>, $<entities>::jsonb, $<photo>, $<buttonText>, $<buttonUrl>, $<gender>, $<language>, $<seenWithinS>
)
returning broadcast_id as "broadcast"
