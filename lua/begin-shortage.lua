-- begin-shortage: no group is in stock and nobody can make one: those who wait are told, once, and keep their place.
-- KEYS: epoch shortage stock waits people courierMailbox
-- ARGV: at limit
-- REPLY: {"begun"} | {"known"} | {"stocked"} | {"rebuilding"}
-- EMITS: courier: notice
-- at: since when; who began to wait later has read it in the answer. limit: how many are told at most, those whose search is asked about next first.
local epoch, shortage, stock, waits, people, courier = unpack(KEYS)
local at, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
local call = redis.call

if call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
if call('EXISTS', shortage) == 1 then
  return { 'known' }
end
if call('SCARD', stock) > 0 then
  return { 'stocked' }
end
call('SET', shortage, string.format('%d', at))
for _, user in ipairs(limit > 0 and call('ZRANGE', waits, 0, limit - 1) or {}) do
  -- Who was paired just now has the deadline of the search still.
  local since = tonumber(string.match(call('HGET', people, user) or '', '^|(%d+)'))
  if since and since <= at then
    call('XADD', courier, '*', 'type', 'notice', 'to', user, 'notice', 'no_rooms', 'args', '{}')
  end
end
return { 'begun' }
