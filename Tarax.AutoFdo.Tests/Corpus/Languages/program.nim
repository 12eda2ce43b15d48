import os, strutils, algorithm
proc collatz(start: int): int =
  var n = start
  while n != 1:
    if n mod 2 == 0: n = n div 2
    else: n = 3 * n + 1
    inc result
var n = if paramCount() > 0: parseInt(paramStr(1)) else: 3000
var v: seq[int]
for i in 1 ..< n: v.add collatz(i)
sort(v)
echo v[^1]
