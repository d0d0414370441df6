-- repair-people: looks whether what is kept about each person agrees with itself (I1, I2, I3), and repairs what does not.
-- KEYS: epoch people waiting first waits rooms courierMailbox ledgerMailbox
-- ARGV: waitMaxMs dry user...
-- REPLY: {"looked", faults...} (one for each person, in order: words with spaces between, or '' for who is well) | {"rebuilding"}
-- EMITS: courier: notice | ledger: idle waiting
-- dry: '1' to change nothing. Who points at a room that is not theirs is freed, told so, and first in line next time.
local epoch, people, waiting, first, waits, rooms, courier, ledger = unpack(KEYS)
local wait_max, dry = tonumber(ARGV[1]), ARGV[2] == '1'
local call = redis.call

if call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- The room, if the person sits in it.
local function seat_of(user, id)
  local legible, room = pcall(cjson.decode, call('HGET', rooms, id) or '')
  local sits = legible and type(room) == 'table' and room.stage ~= 'closing' and (room.a == user or room.b == user)
  return sits and room or nil
end

local function look(user, record, is_waiting, is_first, deadline)
  local where, since, mark, recents = string.match(record or '|||', '^([^|]*)|([^|]*)|([^|]*)|(.*)$')
  local waits_now = is_waiting or is_first
  local faults = {}

  local room = where ~= '' and where ~= '+' and where ~= '!' and where or nil
  local seat = room and seat_of(user, room)
  if room and not seat then
    faults[#faults + 1] = 'points_nowhere'
    where, since = waits_now and '' or '+', waits_now and tostring(now) or ''
    if not dry then
      call('HSET', people, user, where .. '|' .. since .. '|' .. mark .. '|' .. recents)
      call('XADD', courier, '*', 'type', 'notice', 'to', user, 'notice', 'closed', 'args', cjson.encode({
        room = room, reason = 'lost', byYou = false, came = false, missing = false, searching = waits_now, firstInLine = not waits_now, cooldownMs = 0,
      }))
      if not waits_now then
        call('XADD', ledger, '*', 'type', 'idle', 'user', user, 'at', now)
      end
    end
    room = nil
  end
  -- Who is paired keeps the deadline of the search until both are invited.
  if seat and not waits_now and not seat.link then
    return faults
  end
  if (room or where == '!') and (waits_now or deadline) then
    faults[#faults + 1] = room and 'waits_in_room' or 'waits_banned'
    if not dry then
      call('SREM', waiting, user)
      call('SREM', first, user)
      call('ZREM', waits, user)
    end
    return faults
  end
  if is_waiting and is_first then
    faults[#faults + 1] = 'waits_twice'
    if not dry then
      call('SREM', waiting, user)
    end
  end
  if waits_now and not deadline then
    faults[#faults + 1] = 'no_deadline'
    if not dry then
      call('ZADD', waits, now + wait_max, user)
    end
  end
  if waits_now and (where == '+' or not string.match(since, '^%d')) then
    faults[#faults + 1] = 'no_beginning'
    if not dry then
      call('HSET', people, user, '|' .. now .. '|' .. mark .. '|' .. recents)
      call('XADD', ledger, '*', 'type', 'waiting', 'users', user, 'at', now, 'first', is_first and '1' or '0')
    end
  end
  if deadline and not waits_now then
    faults[#faults + 1] = 'deadline_only'
    if not dry then
      call('ZREM', waits, user)
    end
  end
  return faults
end

local reply = { 'looked' }
if #ARGV > 2 then
  -- Read together: a thousand calls for each of a thousand people would keep everybody else waiting.
  local records = call('HMGET', people, unpack(ARGV, 3))
  local in_waiting, in_first = call('SMISMEMBER', waiting, unpack(ARGV, 3)), call('SMISMEMBER', first, unpack(ARGV, 3))
  local deadlines = call('ZMSCORE', waits, unpack(ARGV, 3))
  for i, record in ipairs(records) do
    reply[#reply + 1] = table.concat(look(ARGV[i + 2], record, in_waiting[i] == 1, in_first[i] == 1, deadlines[i]), ' ')
  end
end
return reply
