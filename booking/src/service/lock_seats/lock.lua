local ttl, key, arg, answers = ARGV[1], 1, 2, {}
while arg < #ARGV do
  local value, count, taken = ARGV[arg], tonumber(ARGV[arg + 1]), {}
  for i = 0, count - 1 do
    local holder = redis.call('GET', KEYS[key + i])
    if holder and holder ~= value then
      taken[#taken + 1] = i
    end
  end
  if #taken == 0 then
    for i = 0, count - 1 do
      redis.call('SET', KEYS[key + i], value, 'PX', ttl)
    end
  end
  answers[#answers + 1] = taken
  key = key + count
  arg = arg + 2
end
return answers
