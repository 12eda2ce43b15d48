# Nginx, a web server: a file of 8 KiB to 16 clients, half of the requests with a connection of their own, half on kept ones.
files="/usr/sbin/nginx /usr/bin/ab /usr/share/asos/nginx.conf /usr/share/asos/page"
packages="nginx-light apache2-utils"
requests=12000

prepare() {
    head -c 8192 /usr/lib/x86_64-linux-gnu/libc.so.6 >/usr/share/asos/page
    cat >/usr/share/asos/nginx.conf <<'CONFIGURATION'
user nobody nogroup;
worker_processes 2;
pid /tmp/nginx.pid;
error_log /tmp/nginx-error.log;
events { worker_connections 512; }
http {
    access_log /tmp/nginx-access.log;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 100000;
    server { listen 127.0.0.1:80; root /usr/share/asos; }
}
CONFIGURATION
}
serve() { mkdir -p /var/lib/nginx /var/log/nginx; nginx -c /usr/share/asos/nginx.conf; }
is_ready() { ab -q -n 1 http://127.0.0.1/page >/dev/null 2>&1; }
load() {
    for keep in "" -k; do
        ab $keep -q -c 16 -n $(($1 / 2)) http://127.0.0.1/page >/tmp/ab.out 2>&1 || return 1
        cat /tmp/ab.out
        grep -q '^Document Length: *8192 bytes' /tmp/ab.out && grep -q '^Failed requests: *0$' /tmp/ab.out && ! grep -q Non-2xx /tmp/ab.out || return 1
    done
}
