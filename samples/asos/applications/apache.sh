# Apache, a web server with processes and threads (event): a file of 8 KiB to 16 clients, half of the requests with a connection of their own, half on kept ones.
. ./web.inc
files="/usr/sbin/apache2 /usr/lib/apache2/modules/mod_mpm_event.so /usr/lib/apache2/modules/mod_authz_core.so /usr/bin/ab /usr/share/asos/apache.conf $page"
packages="apache2 apache2-utils"
requests=10000

prepare() {
    make_page
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
