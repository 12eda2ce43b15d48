-- Words, sorting, closures, objects, patterns.
local N = tonumber(arg[1])
local seed = 42
local function random(n) seed = (seed * 1103515245 + 12345) % 2147483648; return seed // 65536 % n + 1 end
local Account = {}
Account.__index = Account
function Account.new(owner) return setmetatable({ owner = owner, balance = 0 }, Account) end
function Account:deposit(v) self.balance = self.balance + v; return self end
local words = {}
for i = 1, N do
  local w = {}
  for j = 1, random(8) do w[j] = string.char(96 + random(26)) end
  words[i] = table.concat(w)
end
local counts = {}
for _, w in ipairs(words) do counts[w] = (counts[w] or 0) + 1 end
local keys = {}
for k in pairs(counts) do keys[#keys + 1] = k end
table.sort(keys, function(a, b) return counts[a] > counts[b] or (counts[a] == counts[b] and a < b) end)
local text = table.concat(words, " ")
local vowels, found = 0, 0
for w in text:gmatch("%a+") do if w:find("[aeiou]$") then vowels = vowels + 1 end end
local changed = text:gsub("(%a)(%a)", "%2%1")
for i = 1, N // 4 do
  local a = Account.new(words[i])
  for j = 1, 10 do a:deposit(j * i % 7) end
  found = found + a.balance
end
local function counter() local c = 0; return function(d) c = c + d; return c end end
local c = counter()
for i = 1, N * 4 do c(i % 3) end
local primes = {}
for i = 2, N * 2 do primes[i] = true end
for i = 2, N * 2 do if primes[i] then for j = i * i, N * 2, i do primes[j] = false end end end
print(#keys, vowels, #changed, found, c(0), string.format("%.3f %5d %s", found / 3, vowels, keys[1]))
