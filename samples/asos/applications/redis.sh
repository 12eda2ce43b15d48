# Redis, a store in memory: 50 clients set, get, count, push and pop.
files="/usr/bin/redis-server /usr/bin/redis-benchmark /usr/bin/redis-cli"
packages="redis-server redis-tools"
requests=50000

prepare() { :; }
serve() { redis-server --save '' --appendonly no --daemonize yes --logfile /tmp/redis.log >/dev/null; }
is_ready() { redis-cli ping 2>/dev/null | grep -q PONG; }
load() { redis-benchmark -q -c 50 -r 1000 -n $(($1 / 5)) -t set,get,incr,lpush,lpop; }
