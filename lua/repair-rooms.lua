-- repair-rooms: looks whether what is kept about each room agrees with itself (I2, I3, I4), and repairs what can be repaired inside.
-- KEYS: epoch people rooms inviting open closing groups stock roomMailbox
-- ARGV: dry room...
-- REPLY: {"looked", faults...} (one for each room, in order: words with spaces between, or '' for what is well) | {"rebuilding"}
-- EMITS: room: look
-- dry: '1' to change nothing. A room whose group or people are elsewhere can only be closed, which is the caller's to do.
local epoch, people, rooms, inviting, open, closing, groups, stock, mailbox = unpack(KEYS)
local dry = ARGV[1] == '1'
local stages = { inviting = inviting, open = open, closing = closing }
local call = redis.call

if call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function look(id)
  local faults = {}
  local json = call('HGET', rooms, id)
  local legible, room = pcall(cjson.decode, json or '')
  if not legible or type(room) ~= 'table' or not stages[room.stage] then
    if not dry then
      for _, key in pairs(stages) do
        call('ZREM', key, id)
      end
      call('HDEL', rooms, id)
    end
    return { json and 'illegible' or 'no_record' }
  end
  local sets, score = 0, call('ZSCORE', stages[room.stage], id)
  for _, key in pairs(stages) do
    sets = sets + (call('ZSCORE', key, id) and 1 or 0)
  end
  if sets ~= 1 or not score then
    faults[#faults + 1] = 'stage_sets'
    if not dry then
      for _, key in pairs(stages) do
        call('ZREM', key, id)
      end
      call('ZADD', stages[room.stage], score or room.deadline or now, id)
      call('XADD', mailbox, '*', 'type', 'look', 'room', id)
    end
  end
  if room.stage == 'closing' then
    return faults
  end
  local place = call('HGET', groups, room.chat)
  if not place or place == 'stock' then
    faults[#faults + 1] = 'group_not_held'
    if not dry then
      call('SREM', stock, room.chat .. ':' .. room.host)
      call('HSET', groups, room.chat, id)
    end
  elseif place ~= id then
    faults[#faults + 1] = 'group_elsewhere'
  end
  for _, user in ipairs({ room.a, room.b }) do
    if string.match(call('HGET', people, user) or '', '^([^|]*)|') ~= id then
      faults[#faults + 1] = 'person_elsewhere'
      break
    end
  end
  return faults
end

local reply = { 'looked' }
for i = 2, #ARGV do
  reply[#reply + 1] = table.concat(look(ARGV[i]), ' ')
end
return reply
