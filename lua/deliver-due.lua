-- deliver-due: puts postponed messages that are due back into their mailbox.
-- KEYS: mailbox later
-- ARGV: limit
-- REPLY: {"delivered", messages, next}     next: when the next is due, or -1
local mailbox, later = unpack(KEYS)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local due = redis.call('ZRANGEBYSCORE', later, '-inf', now, 'LIMIT', 0, ARGV[1])
for _, member in ipairs(due) do
  local message = cjson.decode(member)
  redis.call('XADD', mailbox, '*', 'attempts', message[2], unpack(message, 3))
  redis.call('ZREM', later, member)
end
local head = redis.call('ZRANGE', later, 0, 0, 'WITHSCORES')
return { 'delivered', #due, head[2] or '-1' }
