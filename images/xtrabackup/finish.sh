# The original's second name.
mkdir -p usr/bin
ln -s xtrabackup usr/bin/innobackupex
