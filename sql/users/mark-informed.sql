-- Remembers that a person was told that a partner sees their Telegram profile; the first time counts.
-- Gives no rows.
update users set informed_at = coalesce(informed_at, now()) where user_id = $<user>
