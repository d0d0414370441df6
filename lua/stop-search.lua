-- stop-search: takes a person out of the waiting set; with `ban`, also keeps the person from searching until unbanned.
-- KEYS: epoch waiting first people waits courierMailbox ledgerMailbox
-- ARGV: user update ban until tell reason by
-- REPLY: {"stopped"} | {"idle"} | {"in_room", room} | {"stale"} | {"repeat"} | {"rebuilding"}
-- EMITS: courier: notice | ledger: idle banned
-- `update` is the update id of the person's command, or '' when nobody commanded it. In a room nothing changes, so that the
-- caller can close the room with the same update.
-- Of a ban: until when, or '' for good; tell: '1' when also a person who does not search is told; by: who made it, where the ledger
-- has to write it down, or ''; reason: why, for that.
local epoch, waiting, first, people, waits, courier, ledger = unpack(KEYS)
local user, update, ban = ARGV[1], tonumber(ARGV[2]), ARGV[3] == '1'
local ban_until, tell, reason, by = ARGV[4], ARGV[5] == '1', ARGV[6], ARGV[7]
local call, match = redis.call, string.match

if call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local today = math.floor(time[1] / 86400)
local where, _, mark, recents = match(call('HGET', people, user) or '|||', '^([^|]*)|([^|]*)|([^|]*)|(.*)$')
local last, day = match(mark, '^(%d+)%.(%d+)$')
if update and last and today - tonumber(day) < 7 and update <= tonumber(last) then
  return { update == tonumber(last) and 'repeat' or 'stale' }
end
if where ~= '' and where ~= '+' and where ~= '!' then
  return { 'in_room', where }
end

local waited = call('SREM', waiting, user) + call('SREM', first, user) > 0
call('ZREM', waits, user)
if update then
  mark = string.format('%d.%d', update, today)
end
call('HSET', people, user, (ban and '!' or where) .. '||' .. mark .. '|' .. recents)
if ban and (waited or tell) then
  call('XADD', courier, '*', 'type', 'notice', 'to', user, 'notice', 'banned', 'args', cjson.encode({ ['until'] = tonumber(ban_until) }))
end
if ban and by ~= '' then
  call('XADD', ledger, '*', 'type', 'banned', 'user', user, 'until', ban_until, 'why', reason, 'by', by, 'at', now)
end
if not waited then
  return { 'idle' }
end
call('XADD', ledger, '*', 'type', 'idle', 'user', user, 'at', now)
return { 'stopped' }
