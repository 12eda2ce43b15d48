^(\d{4})-(\d{2})-(\d{2})T[0-9:]+Z
\b(ERROR|WARN)\b.*?: (.*)$
user=(\w+)(?: ip=(\d+\.\d+\.\d+\.\d+))?
took (\d+)ms
GET /([a-z/]*)(?:\?([^ ]*))? HTTP
status (?:4|5)\d\d
(?i)time ?out|refused|denied
[a-z]+@[a-z]+\.(?:com|org)
^[^ ]+ +[A-Z]+ +\[[a-z-]+\] 
session [0-9a-f]{8}-[0-9a-f]{4}
