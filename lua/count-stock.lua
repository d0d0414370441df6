-- count-stock: how many groups are ready to hold a room. A script for the reason that locate-group gives: a host makes a group when one lacks.
-- KEYS: epoch stock
-- ARGV:
-- REPLY: {"stocked", count} | {"rebuilding"}
local epoch, stock = unpack(KEYS)
if redis.call('EXISTS', epoch) == 0 then
  return { 'rebuilding' }
end
return { 'stocked', redis.call('SCARD', stock) }
