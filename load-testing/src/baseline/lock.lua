-- All of a request's seats or none. KEYS: the seats; ARGV: the reservation, the time to live in milliseconds.
local taken = {}
for index, key in ipairs(KEYS) do
  local holder = redis.call('GET', key)
  if holder and holder ~= ARGV[1] then
    taken[#taken + 1] = index - 1
  end
end
if #taken > 0 then
  return taken
end
for _, key in ipairs(KEYS) do
  redis.call('SET', key, ARGV[1], 'PX', ARGV[2])
end
return taken
