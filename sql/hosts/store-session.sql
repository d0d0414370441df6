-- Replaces the stored session of a host by the same one under another key.
-- Gives no rows.
update hosts set session = $<session> where host_id = $<host>
