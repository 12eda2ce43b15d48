# PostgreSQL, a database: four clients with pgbench's transactions, which are like TPC-B's, on 200,000 accounts.
files="/usr/lib/postgresql/15/bin/postgres /usr/lib/postgresql/15/bin/pg_ctl /usr/lib/postgresql/15/bin/pg_isready /usr/lib/postgresql/15/bin/pgbench
/usr/lib/postgresql/15/lib/plpgsql.so /usr/lib/postgresql/15/lib/dict_snowball.so /usr/share/postgresql/15 /usr/share/zoneinfo/Etc/UTC /usr/bin/setpriv /srv/postgresql"
packages="postgresql-15"
requests=2000

as_postgres() { /usr/bin/setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; }
prepare() {
    rm -rf /srv/postgresql /tmp/postgresql
    mkdir -p /srv/postgresql /tmp/postgresql
    chown postgres:postgres /srv/postgresql /tmp/postgresql
    bin=/usr/lib/postgresql/15/bin
    as_postgres $bin/initdb --no-sync -D /srv/postgresql --auth=trust --locale=C --encoding=UTF8 >/dev/null
    printf "unix_socket_directories = '/tmp/postgresql'\nlisten_addresses = '127.0.0.1'\nshared_buffers = 64MB\ntimezone = 'Etc/UTC'\nlog_timezone = 'Etc/UTC'\ndynamic_shared_memory_type = mmap\nautovacuum = off\nmax_wal_size = 256MB\nwal_recycle = off\n" >>/srv/postgresql/postgresql.conf
    as_postgres $bin/pg_ctl -D /srv/postgresql -l /tmp/postgresql/log -o -F -w start >/dev/null
    as_postgres $bin/pgbench -q -i -s 2 -h /tmp/postgresql postgres 2>/dev/null
    as_postgres $bin/pg_ctl -D /srv/postgresql -w stop >/dev/null
}
serve() {
    mkdir -p /tmp/postgresql
    chown postgres:postgres /tmp/postgresql
    as_postgres /usr/lib/postgresql/15/bin/pg_ctl -D /srv/postgresql -l /tmp/postgresql/log start >/dev/null
}
is_ready() { as_postgres /usr/lib/postgresql/15/bin/pg_isready -q -h 127.0.0.1; }
load() { as_postgres /usr/lib/postgresql/15/bin/pgbench -n -c 4 -j 2 -t $(($1 / 4)) --random-seed=1 -h 127.0.0.1 postgres; }
