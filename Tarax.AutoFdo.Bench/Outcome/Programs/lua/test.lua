-- Floats, recursion, queens, a small parser, string buffers, coroutines.
local N = tonumber(arg[1])
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
local function queens(n)
  local solutions, cols, d1, d2 = 0, {}, {}, {}
  local function place(row)
    if row > n then solutions = solutions + 1; return end
    for c = 1, n do
      if not cols[c] and not d1[row + c] and not d2[row - c + n] then
        cols[c], d1[row + c], d2[row - c + n] = true, true, true
        place(row + 1)
        cols[c], d1[row + c], d2[row - c + n] = nil, nil, nil
      end
    end
  end
  place(1)
  return solutions
end
local bodies = {}
for i = 1, 5 do bodies[i] = { x = i, y = i * 0.5, vx = 0, vy = 1 / i, m = 1 / (i + 1) } end
for step = 1, N do
  for i = 1, #bodies do
    local a = bodies[i]
    for j = i + 1, #bodies do
      local b = bodies[j]
      local dx, dy = a.x - b.x, a.y - b.y
      local d = (dx * dx + dy * dy + 0.01) ^ 1.5
      a.vx, a.vy, b.vx, b.vy = a.vx - dx * b.m / d * 0.01, a.vy - dy * b.m / d * 0.01, b.vx + dx * a.m / d * 0.01, b.vy + dy * a.m / d * 0.01
    end
  end
  for _, b in ipairs(bodies) do b.x, b.y = b.x + b.vx * 0.01, b.y + b.vy * 0.01 end
end
local parts = {}
for i = 1, N do parts[#parts + 1] = ("%d:%s;"):format(i, ("x"):rep(i % 7)) end
local text, sum = table.concat(parts), 0
for n, x in text:gmatch("(%d+):(x*);") do sum = sum + tonumber(n) * #x end
local producer = coroutine.wrap(function() for i = 1, N do coroutine.yield(i) end return 0 end)
for i = 1, N do sum = sum + producer() end
local upper = text:upper():gsub("X+", function(s) return #s end)
print(fib(18), queens(6), sum, #upper, string.format("%.6f", bodies[1].x))
