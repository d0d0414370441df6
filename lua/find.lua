-- find: the finds of one tick, or with nobody the re-match tick. Pairs people at random; each pair takes a group from stock in the same step.
-- KEYS: epoch waiting first people waits stock groups rooms inviting roomMailbox ledgerMailbox paused
-- ARGV: nonce waitMaxMs prepareMs rematchAfterMs look finder... (the user ids of all finders, then the update id of each)
-- REPLY: {{"rebuilding"}} | one per finder: {"paired", room} | {"waiting", count, "new"|"already", "group"|"no_group"|"paused"} | {"in_room", room}
-- REPLY: | {"banned"} | {"stale"} | {"repeat"} | with nobody: {{"matched", pairs}}
-- EMITS: room: look | ledger: paired waiting
-- Who is paired keeps the deadline of the search until both are invited: to take it out costs the more the more people wait.
-- While matching is paused nobody is paired: finders join the waiting set and keep their place.
-- Bounded: looks at as many people of each set as there are finders, at `look` more when somebody is left, at 16 candidates for each, and at
-- 256 pairs in vain.
-- No script runs as often: it asks Redis only what it must, all of a kind at once, and makes functions, tables and texts of numbers only where
-- they are needed: they cost more than most commands.
local epoch, waiting, first, people, waits, stock, groups, rooms, inviting, room_mailbox, ledger, pause = unpack(KEYS)
local call, find, match, format, unpack = redis.call, string.find, string.match, string.format, unpack

if call('EXISTS', epoch) == 0 then
  return { { 'rebuilding' } }
end
local finders, paused = (#ARGV - 5) / 2, call('EXISTS', pause) == 1
if finders == 0 and (paused or call('SCARD', stock) == 0) then
  return { { 'matched', 0 } }
end
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local at = format('%d', now)

-- Who is looked at: what is kept about them, whether they are in line first, where they wait already, and whom they are paired with.
local person, front, back = {}, {}, {}
local function read(user, record, is_first, set)
  local where, since, mark, recents = '', '', '', ''
  if record then
    where, since, mark, recents = match(record, '^([^|]*)|(%d*)[^|]*|([^|]*)|(.*)$')
  end
  if set and since == '' then
    since = at
  end
  local known = { user = user, since = since, mark = mark, recents = recents, first = is_first, set = set, partner = false, room = where }
  person[user] = known
  return known
end

-- 1. The finders: who may search at all?
local replies, asking, today = {}, {}, format('%d', time[1] / 86400)
local function admit(known, update)
  local where, mark = known.room, known.mark
  -- As a number the mark is less than half above the update in it. It expires after a week: Telegram may then restart the numbering.
  if mark ~= '' and tonumber(update) <= tonumber(mark) then
    local last, day = match(mark, '^(%d+)%.(%d+)$')
    if today - day < 7 then
      return { tonumber(update) == tonumber(last) and 'repeat' or 'stale' }
    end
  end
  if where == '!' then
    return { 'banned' }
  end
  if where ~= '' and where ~= '+' then
    return { 'in_room', where }
  end
  -- Only whose search has a beginning can be waiting.
  if known.since ~= '' then
    known.first = call('SISMEMBER', first, known.user) == 1
    known.set = known.first and first or call('SISMEMBER', waiting, known.user) == 1 and waiting
  end
  if not known.set then
    known.since, known.first = at, where == '+'
  end
  known.mark, known.room = update .. '.' .. today, false
  local line = known.first and front or back
  line[#line + 1] = known
end
if finders > 0 then
  local records = call('HMGET', people, unpack(ARGV, 6, 5 + finders))
  for i = 1, finders do
    local user = ARGV[5 + i]
    if person[user] then
      replies[i] = { 'repeat' }
    else
      asking[i] = read(user, records[i], false, false)
      replies[i] = admit(asking[i], ARGV[5 + finders + i])
    end
  end
end

-- 2. Pairs: the finders and some of those who wait, in random order, first in line before the others.
local function sample(set, number, line, is_first)
  local users = call('SRANDMEMBER', set, number)
  local found = #users
  if found > 0 then
    local records = call('HMGET', people, unpack(users))
    for i = 1, found do
      if not person[users[i]] then
        line[#line + 1] = read(users[i], records[i], is_first, set)
      end
    end
  end
  return found < number
end
local function has_met(a, b)
  local recents, user = a.recents, b.user
  return find(recents, user, 1, true) and find(',' .. recents .. ',', ',' .. user .. ',', 1, true)
end
local function may_meet_again(a, b)
  return now - a.since >= ARGV[4] + 0 and now - b.since >= ARGV[4] + 0
end
-- Recent partners meet again only when both have waited long enough for anybody else to come, and nobody else is left.
local passed_over = false
local function suit(a, b)
  if has_met(a, b) or has_met(b, a) then
    passed_over = passed_over or may_meet_again(a, b)
    return false
  end
  return true
end
local matches, patience = {}, 256
local line
local function pair_line(suits)
  local length = #line
  for i = 1, length - 1 do
    local a = line[i]
    for j = i + 1, a.partner and 0 or i + 16 < length and i + 16 or length do
      local b = line[j]
      if not b.partner then
        if suits(a, b) then
          a.partner, b.partner = b, a
          matches[#matches + 1] = a
          break
        end
        patience = patience - 1
        if patience < 0 then
          return
        end
      end
    end
  end
end
local function shuffle(line)
  for i = #line, 2, -1 do
    local j = math.random(i)
    line[i], line[j] = line[j], line[i]
  end
end
local everybody
local function pair_up(number)
  local all_first = sample(first, number, front, true)
  everybody = sample(waiting, number, back, false) and all_first
  line = front
  local length = #front
  -- Two are a pair in whatever order.
  if length + #back > 2 then
    math.randomseed(time[1] % 100000 * 1000000 + time[2])
    shuffle(front)
    shuffle(back)
  end
  for i = 1, #back do
    line[length + i] = back[i]
  end
  pair_line(suit)
end
local function somebody_is_left()
  for i = 1, finders do
    if not replies[i] and not asking[i].partner then
      return true
    end
  end
end
if not paused then
  local look = ARGV[5] + 0
  pair_up(finders > 0 and finders or look)
  if not everybody and somebody_is_left() then
    front, back = {}, {}
    for i = 1, #line do
      local known = line[i]
      if not known.partner then
        local to = known.first and front or back
        to[#to + 1] = known
      end
    end
    pair_up(finders + look)
  end
  if passed_over then
    pair_line(may_meet_again)
  end
end

-- 3. Nothing can be refused from here on: write. There are as many rooms as there are groups for them.
local chosen = #matches > 0 and call('SPOP', stock, #matches) or {}
if #chosen > 0 then
  local function with_recent(recents, other)
    if recents == '' then
      return other
    end
    if find(recents, other, 1, true) then
      local kept, number = other, 1
      for one in string.gmatch(recents, '%d+') do
        if number < 3 and one ~= other then
          kept, number = kept .. ',' .. one, number + 1
        end
      end
      return kept
    end
    return other .. ',' .. (match(recents, '^%d+,%d+') or recents)
  end
  local prepared_by = format('%d', now + ARGV[3])
  local function waited_by(known)
    return known.since == at and '0' or now - known.since
  end
  local records, places, held, deadlines, left, left_first = {}, {}, {}, {}, {}, {}
  local function take(known, room, n)
    if known.set then
      local set = known.first and left_first or left
      set[#set + 1] = known.user
    end
    known.room = room
    records[n], records[n + 1] = known.user, room .. '|' .. at .. '|' .. known.mark .. '|' .. with_recent(known.recents, known.partner.user)
  end
  for i = 1, #chosen do
    local chat, host = match(chosen[i], '^(-?%d+):(%d+)$')
    local room, one = ARGV[1] .. i, matches[i]
    local other = one.partner
    local a, b, n = one.user, other.user, 2 * i
    take(one, room, 2 * n - 3)
    take(other, room, 2 * n - 1)
    held[n - 1], held[n] = room, '{"id":"' .. room .. '","stage":"inviting","version":1,"a":"' .. a .. '","b":"' .. b .. '","chat":"' .. chat
      .. '","host":"' .. host .. '","at":' .. at .. ',"since":' .. at .. ',"deadline":' .. prepared_by .. '}'
    deadlines[n - 1], deadlines[n] = prepared_by, room
    places[n - 1], places[n] = chat, room
    local waited = waited_by(one) .. ',' .. waited_by(other)
    call('XADD', room_mailbox, '*', 'type', 'look', 'room', room)
    call('XADD', ledger, '*', 'type', 'paired', 'room', room, 'a', a, 'b', b, 'chat', chat, 'host', host, 'at', at, 'waited', waited)
  end
  if #left > 0 then
    call('SREM', waiting, unpack(left))
  end
  if #left_first > 0 then
    call('SREM', first, unpack(left_first))
  end
  call('HSET', people, unpack(records))
  call('HSET', rooms, unpack(held))
  call('ZADD', inviting, unpack(deadlines))
  call('HSET', groups, unpack(places))
end
if finders == 0 then
  return { { 'matched', #chosen } }
end

local records, deadlines, joined, joined_first = {}, {}, {}, {}
local ask_at
for i = 1, finders do
  local known = asking[i]
  if not replies[i] and known.room then
    replies[i] = { 'paired', known.room }
  elseif not replies[i] then
    local user, n = known.user, #records + 1
    ask_at = ask_at or format('%d', now + ARGV[2])
    records[n], records[n + 1] = user, '|' .. known.since .. '|' .. known.mark .. '|' .. known.recents
    deadlines[n], deadlines[n + 1] = ask_at, user
    if not known.set then
      local line = known.first and joined_first or joined
      line[#line + 1] = user
    end
  end
end
if not ask_at then
  return replies
end
call('HSET', people, unpack(records))
call('ZADD', waits, unpack(deadlines))
if #joined > 0 then
  call('SADD', waiting, unpack(joined))
  call('XADD', ledger, '*', 'type', 'waiting', 'users', table.concat(joined, ','), 'at', at, 'first', '0')
end
if #joined_first > 0 then
  call('SADD', first, unpack(joined_first))
  call('XADD', ledger, '*', 'type', 'waiting', 'users', table.concat(joined_first, ','), 'at', at, 'first', '1')
end
-- Whether only a group is missing: for a match of one's own, or for one with somebody whose match got none.
local function lacks_group(known)
  for i = #chosen + 1, known.partner and 0 or math.min(#chosen + 8, #matches) do
    if suit(known, matches[i]) or suit(known, matches[i].partner) then
      return true
    end
  end
  return known.partner
end
local count = call('SCARD', first) + call('SCARD', waiting)
for i = 1, finders do
  if not replies[i] then
    local known = asking[i]
    replies[i] = { 'waiting', count, known.set and 'already' or 'new', paused and 'paused' or lacks_group(known) and 'no_group' or 'group' }
  end
end
return replies
