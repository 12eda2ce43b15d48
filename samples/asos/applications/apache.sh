# Apache, a web server with processes and threads (event): a file of 8 KiB to 16 clients, half of the requests with a connection of their own, half on kept ones.
files="/usr/sbin/apache2 /usr/lib/apache2/modules/mod_mpm_event.so /usr/lib/apache2/modules/mod_authz_core.so /usr/bin/ab /usr/share/asos/apache.conf /usr/share/asos/page"
packages="apache2 apache2-utils"
requests=10000

prepare() {
    head -c 8192 /usr/lib/x86_64-linux-gnu/libc.so.6 >/usr/share/asos/page
    cat >/usr/share/asos/apache.conf <<'CONFIGURATION'
ServerRoot /usr/lib/apache2
ServerName localhost
Listen 127.0.0.1:80
LoadModule mpm_event_module modules/mod_mpm_event.so
LoadModule authz_core_module modules/mod_authz_core.so
User nobody
Group nogroup
PidFile /tmp/apache.pid
ErrorLog /tmp/apache-error.log
LogFormat "%h %l %u %t \"%r\" %>s %O" common
CustomLog /tmp/apache-access.log common
StartServers 2
ThreadsPerChild 25
MaxRequestWorkers 50
MinSpareThreads 1
MaxSpareThreads 50
MaxKeepAliveRequests 0
DocumentRoot /usr/share/asos
CONFIGURATION
}
serve() { apache2 -f /usr/share/asos/apache.conf; }
is_ready() { ab -q -n 1 http://127.0.0.1/page >/dev/null 2>&1; }
load() {
    for keep in "" -k; do
        ab $keep -q -c 16 -n $(($1 / 2)) http://127.0.0.1/page >/tmp/ab.out 2>&1 || return 1
        cat /tmp/ab.out
        grep -q '^Document Length: *8192 bytes' /tmp/ab.out && grep -q '^Failed requests: *0$' /tmp/ab.out && ! grep -q Non-2xx /tmp/ab.out || return 1
    done
}
