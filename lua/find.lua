-- find: the finds of one tick, or with nobody the re-match tick. Pairs people at random; each pair takes a group from stock in the same step.
-- KEYS: epoch waiting first people waits stock groups rooms inviting roomMailbox ledgerMailbox paused
-- ARGV: nonce waitMaxMs prepareMs rematchAfterMs look finder... (the user ids of all finders, then the update id of each)
-- REPLY: {{"rebuilding"}} | one per finder: {"paired", room} | {"waiting", count, "new"|"already", "group"|"no_group"|"paused"} | {"in_room", room}
-- REPLY: | {"banned"} | {"stale"} | {"repeat"} | with nobody: {{"matched", pairs}}
-- EMITS: room: look | ledger: paired waiting
-- While matching is paused nobody is paired: finders join the waiting set and keep their place.
-- Bounded: looks at as many people of each set as there are finders, at `look` more when somebody is left, and at 16 candidates for each.
-- No script runs as often: it asks Redis only what it must, and makes few tables and texts of numbers, which cost more than most commands.
local epoch, waiting, first, people, waits, stock, groups, rooms, inviting, room_mailbox, ledger, pause = unpack(KEYS)
local nonce, rematch_after, look, finders = ARGV[1], tonumber(ARGV[4]), tonumber(ARGV[5]), (#ARGV - 5) / 2
local call, find, match, format = redis.call, string.find, string.match, string.format

if call('EXISTS', epoch) == 0 then
  return { { 'rebuilding' } }
end
local paused = call('EXISTS', pause) == 1
if finders == 0 and (paused or call('SCARD', stock) == 0) then
  return { { 'matched', 0 } }
end
local time = call('TIME')
local now, today = time[1] * 1000 + math.floor(time[2] / 1000), math.floor(time[1] / 86400)
local at, prepared_by = format('%d', now), format('%d', now + ARGV[3])

-- Who is looked at. kind, of finders: new (to waiting) or already (waiting, finds again); or waiter. first: in line.
local person = {}
local function read(user, record, kind)
  local where, since, mark, recents = match(record or '|||', '^([^|]*)|(%d*)[^|]*|([^|]*)|(%d*,?%d*,?%d*)')
  local known = { kind = kind, where = where, since = since, mark = mark, recents = recents, first = where == '+', partner = false, room = false }
  person[user] = known
  return known
end

-- 1. The finders: who may search at all?
local replies, front, back = {}, {}, {}
local function admit(user, update, known)
  -- The mark of the person's last update expires after a week: Telegram may then restart the numbering.
  local last, day = match(known.mark, '^(%d+)%.(%d+)$')
  if last and today - day < 7 and tonumber(update) <= tonumber(last) then
    return { tonumber(update) == tonumber(last) and 'repeat' or 'stale' }
  end
  if known.where == '!' then
    return { 'banned' }
  end
  if known.where ~= '' and known.where ~= '+' then
    return { 'in_room', known.where }
  end
  known.mark = update .. '.' .. today
  -- Only whose search has a beginning can be waiting.
  if known.since ~= '' then
    known.first = call('SISMEMBER', first, user) == 1
    if known.first or call('SISMEMBER', waiting, user) == 1 then
      known.kind = 'already'
    end
  end
  if known.kind == 'new' then
    known.since = at
  end
  local line = known.first and front or back
  line[#line + 1] = user
end
if finders > 0 then
  local records = call('HMGET', people, unpack(ARGV, 6, 5 + finders))
  for i = 1, finders do
    local user = ARGV[5 + i]
    replies[i] = person[user] and { 'repeat' } or admit(user, ARGV[5 + finders + i], read(user, records[i], 'new'))
  end
end

-- 2. Pairs: the finders and some of those who wait, in random order, first in line before the others.
local count_first, count_waiting = call('SCARD', first), call('SCARD', waiting)
local count, matches = count_first + count_waiting, {}
local function sample(set, number, line, is_first)
  local users = call('SRANDMEMBER', set, number)
  local records = call('HMGET', people, unpack(users))
  for i = 1, #users do
    local user = users[i]
    if not person[user] then
      local known = read(user, records[i], 'waiter')
      known.first, known.since = is_first, known.since ~= '' and known.since or at
      line[#line + 1] = user
    end
  end
end
local function shuffle(line)
  for i = #line, 2, -1 do
    local j = math.random(i)
    line[i], line[j] = line[j], line[i]
  end
end
local function has_met(known, other)
  local recents = known.recents
  return find(recents, other, 1, true) and find(',' .. recents .. ',', ',' .. other .. ',', 1, true)
end
local function may_meet_again(user, other)
  return now - person[user].since >= rematch_after and now - person[other].since >= rematch_after
end
-- Recent partners meet again only when both have waited long enough for anybody else to come, and nobody else is left.
local passed_over = false
local function suit(user, other)
  local a, b = person[user], person[other]
  if has_met(a, other) or has_met(b, user) then
    passed_over = passed_over or may_meet_again(user, other)
    return false
  end
  return true
end
local line
local function pair_line(suits)
  for i = 1, #line - 1 do
    local user = line[i]
    for j = i + 1, person[user].partner and 0 or math.min(i + 16, #line) do
      local other = line[j]
      if not person[other].partner and suits(user, other) then
        person[user].partner, person[other].partner = other, user
        matches[#matches + 1] = user
        break
      end
    end
  end
end
local function pair_up(number)
  if count_first > 0 then
    sample(first, number, front, true)
  end
  if count_waiting > 0 then
    sample(waiting, number, back, false)
  end
  shuffle(front)
  shuffle(back)
  line = { unpack(front) }
  for i = 1, #back do
    line[#line + 1] = back[i]
  end
  pair_line(suit)
end
local function without_partner(line)
  local left = {}
  for i = 1, #line do
    if not person[line[i]].partner then
      left[#left + 1] = line[i]
    end
  end
  return left
end
local function somebody_is_left()
  for i = 1, finders do
    if not replies[i] and not person[ARGV[5 + i]].partner then
      return true
    end
  end
  return false
end
if not paused then
  math.randomseed(time[1] % 100000 * 1000000 + time[2])
  pair_up(finders > 0 and finders or look)
  if count > finders and somebody_is_left() then
    front, back = without_partner(front), without_partner(back)
    pair_up(finders + look)
  end
  if passed_over then
    pair_line(may_meet_again)
  end
end

-- 3. Nothing can be refused from here on: write. There are as many rooms as there are groups for them.
local function with_recent(recents, other)
  local kept, number = other, 1
  for one in string.gmatch(recents, '%d+') do
    if number < 3 and one ~= other then
      kept, number = kept .. ',' .. one, number + 1
    end
  end
  return kept
end
local function take(user, known, room)
  local is_first = known.first
  if known.kind ~= 'new' then
    call('SREM', is_first and first or waiting, user)
    call('ZREM', waits, user)
    count = count - 1
  end
  known.room = room
  return room .. '|' .. at .. '|' .. known.mark .. '|' .. with_recent(known.recents, known.partner)
end
local chosen = #matches > 0 and call('SPOP', stock, #matches) or {}
for i = 1, #chosen do
  local chat, host = match(chosen[i], '^(-?%d+):(%d+)$')
  local room, a = nonce .. i, matches[i]
  local known_a = person[a]
  local b = known_a.partner
  local known_b = person[b]
  local waited = (now - known_a.since) .. ',' .. (now - known_b.since)
  call('HSET', people, a, take(a, known_a, room), b, take(b, known_b, room))
  call('HSET', rooms, room, '{"id":"' .. room .. '","stage":"inviting","version":1,"a":"' .. a .. '","b":"' .. b .. '","chat":"' .. chat
    .. '","host":"' .. host .. '","at":' .. at .. ',"since":' .. at .. ',"deadline":' .. prepared_by .. '}')
  call('ZADD', inviting, prepared_by, room)
  call('HSET', groups, chat, room)
  call('XADD', room_mailbox, '*', 'type', 'look', 'room', room)
  call('XADD', ledger, '*', 'type', 'paired', 'room', room, 'a', a, 'b', b, 'chat', chat, 'host', host, 'at', at, 'waited', waited)
end
if finders == 0 then
  return { { 'matched', #chosen } }
end

local ask_at = format('%d', now + ARGV[2])
local joined, joined_first
for i = 1, finders do
  local user = ARGV[5 + i]
  local known = person[user]
  if not replies[i] and not known.room then
    call('HSET', people, user, '|' .. known.since .. '|' .. known.mark .. '|' .. known.recents)
    call('ZADD', waits, ask_at, user)
    if known.kind == 'new' then
      local is_first = known.first
      call('SADD', is_first and first or waiting, user)
      count = count + 1
      if is_first then
        joined_first = joined_first and joined_first .. ',' .. user or user
      else
        joined = joined and joined .. ',' .. user or user
      end
    end
  end
end
if joined then
  call('XADD', ledger, '*', 'type', 'waiting', 'users', joined, 'at', at, 'first', '0')
end
if joined_first then
  call('XADD', ledger, '*', 'type', 'waiting', 'users', joined_first, 'at', at, 'first', '1')
end
-- Whether only a group is missing: for a match of one's own, or for one with somebody whose match got none.
local function lacks_group(user)
  for i = #chosen + 1, person[user].partner and 0 or math.min(#chosen + 8, #matches) do
    if suit(user, matches[i]) or suit(user, person[matches[i]].partner) then
      return true
    end
  end
  return person[user].partner
end
for i = 1, finders do
  if not replies[i] then
    local user = ARGV[5 + i]
    local known = person[user]
    if known.room then
      replies[i] = { 'paired', known.room }
    else
      replies[i] = { 'waiting', count, known.kind, paused and 'paused' or lacks_group(user) and 'no_group' or 'group' }
    end
  end
end
return replies
