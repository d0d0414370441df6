-- find: the finds of one tick, or with nobody the re-match tick. Pairs people at random; each pair takes a group from stock in the same step.
-- KEYS: epoch waiting first people waits stock groups rooms inviting roomMailbox ledgerMailbox paused
-- ARGV: nonce waitMaxMs prepareMs rematchAfterMs look user... (user and update id of each finder, alternating)
-- REPLY: {{"rebuilding"}} | one per finder: {"paired", room} | {"waiting", count, "new"|"already", "group"|"no_group"|"paused"} | {"in_room", room}
-- REPLY: | {"banned"} | {"stale"} | {"repeat"} | with nobody: {{"matched", pairs}}
-- EMITS: room: look | ledger: paired waiting
-- While matching is paused nobody is paired: finders join the waiting set and keep their place.
-- Bounded: looks at `look` people of each set more than there are finders, and at 16 candidates for each of them.
local epoch, waiting, first, people, waits, stock, groups, rooms, inviting, roomMailbox, ledger, paused_key = unpack(KEYS)
local nonce, waitMax, prepare, rematchAfter, look = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local call, find, match = redis.call, string.find, string.match
local finders = (#ARGV - 5) / 2

if call('EXISTS', epoch) == 0 then
  return { { 'rebuilding' } }
end
local paused = call('EXISTS', paused_key) == 1
if paused and finders == 0 then
  return { { 'matched', 0 } }
end
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local today = math.floor(time[1] / 86400)
math.randomseed(time[1] % 100000 * 1000000 + time[2])

-- user -> what is known of the person. kind: new (to waiting), already (waiting, finds again), waiter (waiting), refused.
local person = {}
local function read(user, record, kind)
  local where, since, mark, recents = match(record or '|||', '^([^|]*)|([^|]*)|([^|]*)|(.*)$')
  local known = { where = where, since = tonumber(match(since, '^%d+')) or now, mark = mark, recents = recents, kind = kind, first = where == '+' }
  person[user] = known
  return known
end

-- 1. The finders: who may search at all?
local replies, front, back = {}, {}, {}
if finders > 0 then
  local users = {}
  for i = 1, finders do
    users[i] = ARGV[4 + 2 * i]
  end
  local records = call('HMGET', people, unpack(users))
  local waits_already = call('SMISMEMBER', waiting, unpack(users))
  local first_already = call('SMISMEMBER', first, unpack(users))
  for i = 1, finders do
    local user, update = users[i], tonumber(ARGV[5 + 2 * i])
    if person[user] then
      replies[i] = { 'repeat' }
    else
      local known = read(user, records[i], 'new')
      -- The mark of the person's last update expires after a week: Telegram may then restart the numbering.
      local last, day = match(known.mark, '^(%d+)%.(%d+)$')
      if last and today - tonumber(day) < 7 and update <= tonumber(last) then
        replies[i], known.kind = { update == tonumber(last) and 'repeat' or 'stale' }, 'refused'
      elseif known.where == '!' then
        replies[i], known.kind = { 'banned' }, 'refused'
      elseif known.where ~= '' and known.where ~= '+' then
        replies[i], known.kind = { 'in_room', known.where }, 'refused'
      else
        known.mark = string.format('%d.%d', update, today)
        if waits_already[i] == 1 or first_already[i] == 1 then
          known.kind, known.first = 'already', first_already[i] == 1
        else
          known.since = now
        end
        if known.first then
          front[#front + 1] = user
        else
          back[#back + 1] = user
        end
      end
    end
  end
end

-- 2. Some of those who wait, first in line before the others.
local function sample(set, line, is_first)
  local users = call('SRANDMEMBER', set, finders + look)
  if #users == 0 then
    return
  end
  local records = call('HMGET', people, unpack(users))
  for i = 1, #users do
    local user = users[i]
    if not person[user] then
      read(user, records[i], 'waiter').first = is_first
      line[#line + 1] = user
    end
  end
end
if paused then
  front, back = {}, {}
else
  sample(first, front, true)
  sample(waiting, back, false)
end
local function shuffle(line)
  for i = #line, 2, -1 do
    local j = math.random(i)
    line[i], line[j] = line[j], line[i]
  end
end
shuffle(front)
shuffle(back)
local line = front
for i = 1, #back do
  line[#line + 1] = back[i]
end

-- 3. Pairs. Recent partners meet again only when both have waited long enough for anybody else to come.
local function suits(user, other)
  local a, b = person[user], person[other]
  local met = find(',' .. a.recents .. ',', ',' .. other .. ',', 1, true) or find(',' .. b.recents .. ',', ',' .. user .. ',', 1, true)
  return not met or (now - a.since >= rematchAfter and now - b.since >= rematchAfter)
end
local pairs_made, left, taken = {}, call('SCARD', stock), {}
for i = 1, #line do
  local user = line[i]
  if not taken[user] then
    for j = i + 1, math.min(i + 16, #line) do
      local other = line[j]
      if not taken[other] and suits(user, other) then
        taken[user], taken[other] = true, true
        if left > 0 then
          left = left - 1
          pairs_made[#pairs_made + 1] = { user, other }
        else
          person[user].no_group, person[other].no_group = true, true
        end
        break
      end
    end
  end
end

-- 4. Nothing can be refused from here on: write.
local function remember(user, where, recents)
  local known = person[user]
  return where .. '|' .. known.since .. '|' .. known.mark .. '|' .. recents
end
local function with_recent(recents, other)
  local kept, count = other, 1
  for one in string.gmatch(recents, '[^,]+') do
    if count < 3 and one ~= other then
      kept, count = kept .. ',' .. one, count + 1
    end
  end
  return kept
end
local writes = {}
if #pairs_made > 0 then
  local chosen = call('SPOP', stock, #pairs_made)
  local gone, new_rooms, scores, held = {}, {}, {}, {}
  for i = 1, #pairs_made do
    local a, b = pairs_made[i][1], pairs_made[i][2]
    local chat, host = match(chosen[i], '^(-?%d+):(%d+)$')
    local room = nonce .. i
    local waited = (now - person[a].since) .. ',' .. (now - person[b].since)
    for _, user in ipairs({ a, b }) do
      local other = user == a and b or a
      person[user].room, person[user].since = room, now
      gone[#gone + 1] = user
      writes[#writes + 1] = user
      writes[#writes + 1] = remember(user, room, with_recent(person[user].recents, other))
    end
    new_rooms[2 * i - 1] = room
    new_rooms[2 * i] = '{"id":"' .. room .. '","stage":"inviting","version":1,"a":"' .. a .. '","b":"' .. b .. '","chat":"' .. chat .. '","host":"' .. host
      .. '","at":' .. now .. ',"since":' .. now .. ',"deadline":' .. now + prepare .. '}'
    scores[2 * i - 1], scores[2 * i] = now + prepare, room
    held[2 * i - 1], held[2 * i] = chat, room
    call('XADD', roomMailbox, '*', 'type', 'look', 'room', room)
    call('XADD', ledger, '*', 'type', 'paired', 'room', room, 'a', a, 'b', b, 'chat', chat, 'host', host, 'at', now, 'waited', waited)
  end
  call('SREM', waiting, unpack(gone))
  call('SREM', first, unpack(gone))
  call('ZREM', waits, unpack(gone))
  call('HSET', rooms, unpack(new_rooms))
  call('ZADD', inviting, unpack(scores))
  call('HSET', groups, unpack(held))
end
if finders == 0 then
  if #writes > 0 then
    call('HSET', people, unpack(writes))
  end
  return { { 'matched', #pairs_made } }
end
local joined, joined_first, deadlines = {}, {}, {}
for user, known in pairs(person) do
  if not known.room and (known.kind == 'already' or known.kind == 'new') then
    writes[#writes + 1] = user
    writes[#writes + 1] = remember(user, '', known.recents)
    deadlines[#deadlines + 1] = now + waitMax
    deadlines[#deadlines + 1] = user
    if known.kind == 'new' then
      local to = known.first and joined_first or joined
      to[#to + 1] = user
    end
  end
end
if #writes > 0 then
  call('HSET', people, unpack(writes))
end
if #deadlines > 0 then
  call('ZADD', waits, unpack(deadlines))
end
if #joined > 0 then
  call('SADD', waiting, unpack(joined))
  call('XADD', ledger, '*', 'type', 'waiting', 'users', table.concat(joined, ','), 'at', now, 'first', '0')
end
if #joined_first > 0 then
  call('SADD', first, unpack(joined_first))
  call('XADD', ledger, '*', 'type', 'waiting', 'users', table.concat(joined_first, ','), 'at', now, 'first', '1')
end
local count = call('SCARD', waiting) + call('SCARD', first)
for i = 1, finders do
  if not replies[i] then
    local known = person[ARGV[4 + 2 * i]]
    if known.room then
      replies[i] = { 'paired', known.room }
    else
      replies[i] = { 'waiting', count, known.kind, paused and 'paused' or known.no_group and 'no_group' or 'group' }
    end
  end
end
return replies
