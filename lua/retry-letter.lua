-- retry-letter: puts a dead letter back into its mailbox, as if it had never been tried.
-- KEYS: deadLetters mailbox
-- ARGV: entry name
-- REPLY: {"retried"} | {"gone"} | {"unreadable"}
-- name: the mailbox of the letter; a letter of another one is not touched.
local letters, mailbox = unpack(KEYS)
local entry, name = ARGV[1], ARGV[2]
local found = redis.call('XRANGE', letters, entry, entry)[1]
if not found then
  return { 'gone' }
end
local letter = {}
for i = 1, #found[2], 2 do
  letter[found[2][i]] = found[2][i + 1]
end
local readable, message = pcall(cjson.decode, letter.message or '')
if letter.mailbox ~= name or not readable or type(message) ~= 'table' or #message < 2 then
  return { 'unreadable' }
end
redis.call('XADD', mailbox, '*', 'attempts', '0', unpack(message))
redis.call('XDEL', letters, entry)
return { 'retried' }
