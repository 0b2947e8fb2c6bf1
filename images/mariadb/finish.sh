. "$SHARED_FINISH"
cd usr/bin
rm -f innotop mariadb-access mariadb-conv mariadb-convert-table-format mariadb-dumpslow mariadb-find-rows \
  mariadb-fix-extensions mariadb-hotcopy mariadb-plugin mariadb-report mariadb-secure-installation \
  mariadb-setpermission mariadb-slap mariadb-waitpid mariadb-import mariadb-show innochecksum replace perror \
  msql2mysql resolve_stack_dump mysql_find_rows mysql_fix_extensions mysql_waitpid mysqlaccess mysqldumpslow \
  mysqlimport mysqlreport mysqlshow mysqlslap mariadb-tzinfo-to-sql
ln -sf mariadb-binlog mysqlbinlog
ln -sf mawk awk
cd ../..
echo 'mysql:x:999:999:MySQL server:/var/lib/mysql:/bin/false' >>etc/passwd
echo 'mysql:x:999:' >>etc/group
rm -rf etc/mysql/mariadb.conf.d etc/mysql/*.cnf etc/mysql/my.cnf.fallback etc/mysql/conf.d
mkdir -p etc/mysql/conf.d var/lib/mysql run/mysqld
chown 999:999 var/lib/mysql run/mysqld
# Its place is taken by a script in the image that uses it.
mkdir -p usr/lib/ncat
mv usr/bin/ncat usr/lib/ncat/ncat
