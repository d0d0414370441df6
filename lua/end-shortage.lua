-- end-shortage: there are groups again, or somebody who makes them: those who wait are told, once.
-- KEYS: epoch shortage waits people courierMailbox
-- ARGV: limit
-- REPLY: {"ended"} | {"none"} | {"rebuilding"}
-- EMITS: courier: notice
-- limit: how many are told at most.
local epoch, shortage, waits, people, courier = unpack(KEYS)
local limit = tonumber(ARGV[1])
local call = redis.call

if call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
if call('DEL', shortage) == 0 then
  return { 'none' }
end
for _, user in ipairs(limit > 0 and call('ZRANGE', waits, 0, limit - 1) or {}) do
  -- Who was paired just now has the deadline of the search still.
  if string.sub(call('HGET', people, user) or '', 1, 1) == '|' then
    call('XADD', courier, '*', 'type', 'notice', 'to', user, 'notice', 'rooms_again', 'args', '{}')
  end
end
return { 'ended' }
