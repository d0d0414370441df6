-- finish-message: acknowledges and deletes entries in one step, so that a mailbox's memory does not grow with its history.
-- KEYS: mailbox
-- ARGV: group entry...
-- REPLY: {"finished", entries}
local entries = { unpack(ARGV, 2) }
redis.call('XACK', KEYS[1], ARGV[1], unpack(entries))
return { 'finished', redis.call('XDEL', KEYS[1], unpack(entries)) }
