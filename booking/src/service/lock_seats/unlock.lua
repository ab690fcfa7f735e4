local deleted = 0
for i = 1, #KEYS do
  local holder = redis.call('GET', KEYS[i])
  if holder and (holder == ARGV[i] or holder == 'sold:' .. ARGV[i]) then
    deleted = deleted + redis.call('DEL', KEYS[i])
  end
end
return deleted
