-- stop-search: takes a person out of the waiting set; with `ban`, also keeps the person from searching until unbanned.
-- KEYS: epoch waiting first people waits ledgerMailbox
-- ARGV: user update ban
-- REPLY: {"stopped"} | {"idle"} | {"in_room", room} | {"stale"} | {"repeat"} | {"rebuilding"}
-- EMITS: ledger: idle
-- `update` is the update id of the person's command, or '' when nobody commanded it. In a room nothing changes, so that the
-- caller can close the room with the same update.
local epoch, waiting, first, people, waits, ledger = unpack(KEYS)
local user, update, ban = ARGV[1], tonumber(ARGV[2]), ARGV[3] == '1'
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
if not waited then
  return { 'idle' }
end
call('XADD', ledger, '*', 'type', 'idle', 'user', user, 'at', now)
return { 'stopped' }
