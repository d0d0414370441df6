-- postpone-message: puts a message aside until it is due again, counting the attempt.
-- KEYS: mailbox later
-- ARGV: group entry delayMs attempts field... (the message's fields and values, alternating)
-- REPLY: {"postponed"} | {"not_mine"}
local mailbox, later = unpack(KEYS)
local group, entry, delay, attempts = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
if redis.call('XACK', mailbox, group, entry) == 0 then
  return { 'not_mine' }
end
redis.call('XDEL', mailbox, entry)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- The entry's id makes the member unique: two equal messages are two messages.
redis.call('ZADD', later, now + delay, cjson.encode({ entry, attempts, unpack(ARGV, 5) }))
return { 'postponed' }
