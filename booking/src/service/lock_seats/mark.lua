local marked = 0
for i = 1, #KEYS do
  local hold, value, ttl = ARGV[3 * i - 2], ARGV[3 * i - 1], ARGV[3 * i]
  local holder = redis.call('GET', KEYS[i])
  if not holder or holder == hold or holder == 'sold:' .. hold then
    redis.call('SET', KEYS[i], value, 'PX', ttl)
    marked = marked + 1
  end
end
return marked
