local marked = 0
for i = 1, #KEYS do
  local hold, value, ttl, only_prolong = ARGV[4 * i - 3], ARGV[4 * i - 2], ARGV[4 * i - 1], ARGV[4 * i]
  local holder = redis.call('GET', KEYS[i])
  local own = holder == hold or holder == 'sold:' .. hold
  if own or (not holder and only_prolong == '0') then
    redis.call('SET', KEYS[i], value, 'PX', ttl)
    marked = marked + 1
  end
end
return marked
