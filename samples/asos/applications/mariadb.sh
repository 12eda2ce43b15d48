# MariaDB, a database: four clients with sysbench's transactions, which read and write (oltp_read_write), on two tables of 10,000 rows.
files="/usr/sbin/mariadbd /usr/share/mysql /usr/bin/mariadb-admin /usr/bin/sysbench /usr/share/sysbench /srv/mariadb"
packages="mariadb-server sysbench"
requests=400

options="--no-defaults --user=mysql --datadir=/srv/mariadb --socket=/tmp/mariadb.sock --pid-file=/tmp/mariadb.pid --innodb-log-file-size=16M --innodb-buffer-pool-size=64M --log-error=/tmp/mariadb.log --bind-address=127.0.0.1"
bench() { sysbench oltp_read_write --db-driver=mysql --mysql-host=127.0.0.1 --mysql-user=bench --mysql-password=bench --mysql-db=bench --tables=2 --table-size=10000 --rand-seed=1 "$@"; }
prepare() {
    rm -rf /srv/mariadb
    mkdir -p /srv
    mariadb-install-db --no-defaults --user=mysql --datadir=/srv/mariadb --innodb-log-file-size=16M --skip-test-db --auth-root-authentication-method=normal >/dev/null
    mariadbd $options --skip-networking=0 &
    for _ in $(seq 60); do mariadb-admin --no-defaults --socket=/tmp/mariadb.sock ping >/dev/null 2>&1 && break; sleep 1; done
    mariadb --no-defaults --socket=/tmp/mariadb.sock -e "create database bench; create user bench@'127.0.0.1' identified by 'bench'; create user bench@localhost identified by 'bench'; grant all on bench.* to bench@'127.0.0.1'; grant all on bench.* to bench@localhost"
    bench prepare >/dev/null
    mariadb-admin --no-defaults --socket=/tmp/mariadb.sock shutdown
    wait
}
serve() { mariadbd $options >/dev/null 2>&1 & }
is_ready() { mariadb-admin --no-defaults --socket=/tmp/mariadb.sock --user=bench --password=bench ping >/dev/null 2>&1; }
load() { bench --threads=4 --events="$1" --time=0 run; }
