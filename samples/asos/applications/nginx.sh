# Nginx, a web server: a file of 8 KiB to 16 clients, half of the requests with a connection of their own, half on kept ones.
. ./web.inc
files="/usr/sbin/nginx /usr/bin/ab /usr/share/asos/nginx.conf $page"
packages="nginx-light apache2-utils"
requests=12000

prepare() {
    make_page
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
