-- lift-ban: lets a banned person search again. Where somebody lifts the ban, the ledger lifts what it may still have had to
-- write down; the row of a ban that is over (over = 1) goes in Postgres.
-- KEYS: epoch people ledgerMailbox
-- ARGV: user over
-- REPLY: {"lifted"} | {"not_banned"} | {"rebuilding"}
-- EMITS: ledger: unbanned
local epoch, people, ledger = unpack(KEYS)
local user, over = unpack(ARGV)
local call = redis.call

if call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
local record = call('HGET', people, user)
if not record or string.sub(record, 1, 1) ~= '!' then
  return { 'not_banned' }
end
call('HSET', people, user, string.sub(record, 2))
if over ~= '1' then
  local time = call('TIME')
  call('XADD', ledger, '*', 'type', 'unbanned', 'user', user, 'at', time[1] * 1000 + math.floor(time[2] / 1000))
end
return { 'lifted' }
