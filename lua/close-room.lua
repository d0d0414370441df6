-- close-room: ends a room for one reason: both people are free and told at once; the room actor then clears up on Telegram.
-- KEYS: epoch people waiting first waits rooms inviting open closing penalties roomLease roomMailbox courierMailbox ledgerMailbox
-- ARGV: room version reason by update again closingMs waitMaxMs absent cooldownMs cooldownMaxMs forgetMs banUntil banReason bannedBy
-- REPLY: {"closed", count} | {"closing"} | {"gone"} | {"changed"} | {"stale"} | {"repeat"} | {"rebuilding"}
-- EMITS: room: look | courier: notice | ledger: closing waiting banned
-- version: '' for any. by: who ended it, or ''. update: the update id of that person's command, or ''. again: '1' when that person searches
-- on in the same step (count: how many then wait). absent: who did not come, comma-separated, for a no-show: they get a growing cooldown,
-- the one who came is first in line next time. Of a ban of `by`: until when, or '' for good; bannedBy: who made it, where the ledger has
-- to write it down, or ''; banReason: why, for that.
local epoch, people, waiting, first, waits, rooms, inviting, open, closing, penalties, lease, mailbox, courier, ledger = unpack(KEYS)
local id, version, reason, by, update, again = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6] == '1'
local closing_ms, wait_max, absent = tonumber(ARGV[7]), tonumber(ARGV[8]), ARGV[9]
local cooldown_ms, cooldown_max, forget = tonumber(ARGV[10]), tonumber(ARGV[11]), tonumber(ARGV[12])
local ban_until, ban_reason, banned_by = ARGV[13], ARGV[14], ARGV[15]
local call, match, find = redis.call, string.match, string.find

if call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local today = math.floor(time[1] / 86400)
local record = call('HGET', rooms, id)
if not record then
  return { 'gone' }
end
local room = cjson.decode(record)
if room.stage == 'closing' then
  return { 'closing' }
end
if version and room.version ~= version then
  return { 'changed' }
end
if by ~= '' and by ~= room.a and by ~= room.b then
  return { 'gone' }
end
if update then
  local mark = match(call('HGET', people, by) or '|||', '^[^|]*|[^|]*|([^|]*)|')
  local last, day = match(mark, '^(%d+)%.(%d+)$')
  if last and today - tonumber(day) < 7 and update <= tonumber(last) then
    return { update == tonumber(last) and 'repeat' or 'stale' }
  end
end

local searching = again and by ~= '' and reason ~= 'banned'
local function penalty(user)
  local count, at = match(call('HGET', penalties, user) or '', '^(%d+)|%d+|(%d+)$')
  count = (count and now - tonumber(at) < forget) and tonumber(count) + 1 or 1
  -- The first no-show is forgiven; then the cooldown doubles.
  local pause = count > 1 and math.min(cooldown_max, cooldown_ms * 2 ^ math.min(count - 2, 20)) or 0
  call('HSET', penalties, user, string.format('%d|%d|%d', count, now + pause, now))
  return pause
end
-- Whoever ends a room without having come leaves the other one standing there, as in a no-show.
local stood_up = by ~= '' and not room[by == room.a and 'enteredA' or 'enteredB']
for _, user in ipairs({ room.a, room.b }) do
  local came = room[user == room.a and 'enteredA' or 'enteredB'] ~= nil
  -- Who came after the caller looked is not absent.
  local missing = reason == 'no_show' and not came and find(',' .. absent .. ',', ',' .. user .. ',', 1, true) ~= nil
  local where, _, mark, recents = match(call('HGET', people, user) or '|||', '^([^|]*)|([^|]*)|([^|]*)|(.*)$')
  local searches = searching and user == by
  local since = ''
  if where == id then
    where = ''
    -- Who was not invited yet has the deadline of the search still.
    call('ZREM', waits, user)
    if reason == 'banned' and user == by then
      where = '!'
    elseif searches then
      since = tostring(now)
      call('SADD', waiting, user)
      call('ZADD', waits, now + wait_max, user)
    elseif (reason == 'no_show' and not missing) or reason == 'lost' or reason == 'bot_removed' or (stood_up and came and user ~= by) then
      where = '+'
    end
    if update and user == by then
      mark = string.format('%d.%d', update, today)
    end
    call('HSET', people, user, where .. '|' .. since .. '|' .. mark .. '|' .. recents)
  end
  local pause = missing and penalty(user) or 0
  if not (reason == 'blocked_bot' and user == by) then
    call('XADD', courier, '*', 'type', 'notice', 'to', user, 'notice', 'closed', 'args', cjson.encode({
      room = id, reason = reason, byYou = user == by, came = came, missing = missing, searching = searches, firstInLine = where == '+', cooldownMs = pause,
      ['until'] = reason == 'banned' and user == by and tonumber(ban_until) or nil,
    }))
  end
end
room.stage, room.version, room.since, room.deadline = 'closing', room.version + 1, now, now + closing_ms
room.reason, room.by = reason, by
call('HSET', rooms, id, cjson.encode(room))
call('ZREM', inviting, id)
call('ZREM', open, id)
call('ZADD', closing, room.deadline, id)
call('SET', lease, id, 'PX', closing_ms)
call('XADD', mailbox, '*', 'type', 'look', 'room', id)
call('XADD', ledger, '*', 'type', 'closing', 'room', id, 'reason', reason, 'by', by, 'at', now)
if reason == 'banned' and banned_by ~= '' then
  call('XADD', ledger, '*', 'type', 'banned', 'user', by, 'until', ban_until, 'why', ban_reason, 'by', banned_by, 'at', now)
end
if searching then
  call('XADD', ledger, '*', 'type', 'waiting', 'users', by, 'at', now, 'first', '0')
end
return { 'closed', tostring(call('SCARD', waiting) + call('SCARD', first)) }
