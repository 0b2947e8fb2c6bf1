# The server's own name leads to the script that translates MySQL's options.
mkdir -p usr/sbin docker-entrypoint-initdb.d
ln -s ../bin/mysqld usr/sbin/mysqld
