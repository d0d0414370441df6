-- lift-ban: lets a banned person search again. The ledger lifts what it may still have had to write down.
-- KEYS: epoch people ledgerMailbox
-- ARGV: user
-- REPLY: {"lifted"} | {"not_banned"} | {"rebuilding"}
-- EMITS: ledger: unbanned
local epoch, people, ledger = unpack(KEYS)
local user = ARGV[1]
local call = redis.call

if call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
local record = call('HGET', people, user)
if not record or string.sub(record, 1, 1) ~= '!' then
  return { 'not_banned' }
end
local time = call('TIME')
call('HSET', people, user, string.sub(record, 2))
call('XADD', ledger, '*', 'type', 'unbanned', 'user', user, 'at', time[1] * 1000 + math.floor(time[2] / 1000))
return { 'lifted' }
