-- begin-shortage: no group is in stock and nobody can make one: those who wait are told, once, and keep their place.
-- KEYS: epoch shortage stock waits people courierMailbox
-- ARGV: asking limit
-- REPLY: {"begun"} | {"known"} | {"stocked"} | {"rebuilding"}
-- EMITS: courier: notice
-- asking: who reads of it in an answer anyway, or ''. limit: how many are told at most, those whose search is asked about next first.
local epoch, shortage, stock, waits, people, courier = unpack(KEYS)
local asking, limit = ARGV[1], tonumber(ARGV[2])
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
local time = call('TIME')
call('SET', shortage, string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000)) .. '|' .. asking)
for _, user in ipairs(call('ZRANGE', waits, 0, limit - 1)) do
  -- Who was paired just now has the deadline of the search still.
  if user ~= asking and string.sub(call('HGET', people, user) or '', 1, 1) == '|' then
    call('XADD', courier, '*', 'type', 'notice', 'to', user, 'notice', 'no_rooms', 'args', '{}')
  end
end
return { 'begun' }
