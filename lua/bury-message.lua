-- bury-message: moves a message that failed its last attempt to the dead letters, with the words of its error.
-- KEYS: mailbox deadLetters
-- ARGV: group entry name attempts error field... (the message's fields and values, alternating)
-- REPLY: {"buried"} | {"not_mine"}
local mailbox, dead = unpack(KEYS)
if redis.call('XACK', mailbox, ARGV[1], ARGV[2]) == 0 then
  return { 'not_mine' }
end
redis.call('XDEL', mailbox, ARGV[2])
redis.call('XADD', dead, '*', 'mailbox', ARGV[3], 'attempts', ARGV[4], 'error', ARGV[5], 'message', cjson.encode({ unpack(ARGV, 6) }))
return { 'buried' }
