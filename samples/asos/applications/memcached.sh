# Memcached, a cache in memory: 16 clients on two threads get (nine of ten) and set values of a kilobyte.
files="/usr/bin/memcached /usr/bin/memcaslap /usr/bin/memcping"
packages="memcached libmemcached-tools"
requests=40000

prepare() { :; }
serve() { memcached -d -u nobody -l 127.0.0.1 -t 4 -m 128; }
is_ready() { memcping --servers=127.0.0.1 >/dev/null 2>&1; }
load() { memcaslap -s 127.0.0.1:11211 -T 2 -c 16 -x "$1"; }
