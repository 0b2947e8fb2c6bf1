. "$SHARED_FINISH"
rm -f usr/bin/mariadb-access usr/bin/mariadb-conv usr/bin/mariadb-slap usr/bin/mysqlslap usr/bin/mysqlaccess
rm -rf etc/mysql
ln -sf mawk usr/bin/awk
# What the accounts' own script would have put there.
cp usr/share/base-files/dot.bashrc root/.bashrc
cp usr/share/base-files/dot.profile root/.profile
