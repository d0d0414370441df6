-- prune-people: forgets people who have been idle for long, and penalties that no longer count.
-- KEYS: epoch people waiting first waits penalties
-- ARGV: days user...
-- REPLY: {"pruned", people, penalties} | {"rebuilding"}
-- Only what is idle and no ban is forgotten. A record that nobody's command ever marked gets a mark of today, so that it ages.
local epoch, people, waiting, first, waits, penalties = unpack(KEYS)
local days = tonumber(ARGV[1])
local call = redis.call

if call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
local seconds = call('TIME')[1]
local today, forgotten, pardoned = math.floor(seconds / 86400), 0, 0
for i = 2, #ARGV do
  local user = ARGV[i]
  local where, since, mark, recents = string.match(call('HGET', people, user) or '', '^([^|]*)|([^|]*)|([^|]*)|(.*)$')
  local waits_now = call('SISMEMBER', waiting, user) + call('SISMEMBER', first, user) > 0 or call('ZSCORE', waits, user)
  if (where == '' or where == '+') and not waits_now then
    local day = tonumber(string.match(mark, '%.(%d+)$'))
    if not day then
      call('HSET', people, user, where .. '|' .. since .. '|0.' .. today .. '|' .. recents)
    elseif today - day >= days then
      call('HDEL', people, user)
      forgotten = forgotten + 1
    end
  end
  local till, at = string.match(call('HGET', penalties, user) or '', '^%d+|(%d+)|(%d+)$')
  local oldest = (seconds - days * 86400) * 1000
  if at and tonumber(at) < oldest and tonumber(till) < seconds * 1000 then
    call('HDEL', penalties, user)
    pardoned = pardoned + 1
  end
end
return { 'pruned', forgotten, pardoned }
