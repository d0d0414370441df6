-- expire-waits: asks those who have waited for long whether they are still there, and ends the searches of those who did not answer.
-- KEYS: epoch waiting first people waits courierMailbox ledgerMailbox
-- ARGV: limit confirmMs
-- REPLY: {"expired", asked, ended, next} | {"rebuilding"}     next: the earliest deadline left, or -1
-- EMITS: courier: notice | ledger: idle
-- A question mark behind `since` in the person's record says that the question was asked.
local epoch, waiting, first, people, waits, courier, ledger = unpack(KEYS)
local limit, confirm = tonumber(ARGV[1]), tonumber(ARGV[2])
local call, match = redis.call, string.match

if call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local asked, ended = 0, 0
for _, user in ipairs(call('ZRANGEBYSCORE', waits, '-inf', '(' .. now, 'LIMIT', 0, limit)) do
  local where, since, mark, recents = match(call('HGET', people, user) or '|||', '^([^|]*)|([^|]*)|([^|]*)|(.*)$')
  if where ~= '' or since == '' then
    -- Paired just now, or gone.
    call('ZREM', waits, user)
  elseif string.sub(since, -1) == '?' then
    ended = ended + 1
    call('ZREM', waits, user)
    call('SREM', waiting, user)
    call('SREM', first, user)
    call('HSET', people, user, where .. '||' .. mark .. '|' .. recents)
    call('XADD', courier, '*', 'type', 'notice', 'to', user, 'notice', 'search_ended', 'args', '{}')
    call('XADD', ledger, '*', 'type', 'idle', 'user', user, 'at', now)
  else
    asked = asked + 1
    call('ZADD', waits, now + confirm, user)
    call('HSET', people, user, where .. '|' .. since .. '?|' .. mark .. '|' .. recents)
    call('XADD', courier, '*', 'type', 'notice', 'to', user, 'notice', 'still_there', 'args', '{"confirmMs":' .. confirm .. '}')
  end
end
local head = call('ZRANGE', waits, 0, 0, 'WITHSCORES')
return { 'expired', asked, ended, head[2] or '-1' }
