-- How one would write it at first: a hash for each person, several indices, and a loop over those who have waited longest.
-- It lacks most of what the product's script does, and builds its keys by itself.
local prefix, user, now, chat = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local function key(kind, id)
  return prefix .. kind .. ':' .. id
end
if redis.call('HGET', key('user', user), 'banned') then
  return 'banned'
end
if redis.call('EXISTS', key('room-of', user)) == 1 then
  return 'in_room'
end
for _, other in ipairs(redis.call('ZRANGE', KEYS[1], 0, 9)) do
  local met = redis.call('SISMEMBER', key('met', user), other) == 1 or redis.call('SISMEMBER', key('met', other), user) == 1
  if other ~= user and not met then
    local room = redis.call('INCR', KEYS[2])
    redis.call('ZREM', KEYS[1], other, user)
    redis.call('DEL', key('waits', other))
    redis.call('HSET', key('room', room), 'a', user, 'b', other, 'chat', chat, 'stage', 'inviting', 'at', now)
    redis.call('EXPIRE', key('room', room), 180)
    for _, pair in ipairs({ { user, other }, { other, user } }) do
      redis.call('SET', key('room-of', pair[1]), room)
      redis.call('HSET', key('user', pair[1]), 'state', 'paired', 'room', room, 'partner', pair[2])
      redis.call('SADD', key('met', pair[1]), pair[2])
    end
    redis.call('RPUSH', KEYS[3], cjson.encode({ type = 'paired', room = room, a = user, b = other, chat = chat }))
    return 'paired'
  end
end
redis.call('ZADD', KEYS[1], now, user)
redis.call('SET', key('waits', user), '1', 'EX', 3600)
redis.call('HSET', key('user', user), 'state', 'waiting', 'since', now)
redis.call('RPUSH', KEYS[3], cjson.encode({ type = 'waiting', user = user }))
return 'waiting'
