# Common to the images with a Debian tree: what a container never reads goes, and the accounts that
# the packages' own scripts would have made are made.
rm -rf usr/share/doc usr/share/man usr/share/info usr/share/locale usr/share/lintian usr/share/bug \
  usr/share/bash-completion usr/share/zoneinfo usr/share/perl usr/share/perl5 usr/share/icons usr/include \
  usr/lib/*/perl usr/lib/*/perl-base usr/lib/*/libperl.so* usr/bin/perl* usr/lib/udev usr/lib/systemd \
  var/lib/dpkg var/lib/apt var/cache var/log boot usr/share/debconf usr/share/gcc \
  usr/share/readline usr/lib/mime usr/share/menu etc/init.d etc/logrotate.d etc/cron.* etc/apparmor.d
find usr/lib/*/gconv -type f ! -name 'gconv-modules*' ! -name 'UTF*' ! -name 'UNICODE*' ! -name 'ISO8859-1.so' \
  -delete 2>/dev/null || true
mkdir -p var/log var/cache run tmp root
chmod 1777 tmp
rm -rf var/run var/lock && ln -s ../run var/run && ln -s ../run/lock var/lock && mkdir -p run/lock
cp usr/share/base-passwd/passwd.master etc/passwd
cp usr/share/base-passwd/group.master etc/group
[ -e bin/sh ] || [ -L bin/sh ] || ln -s dash usr/bin/sh
echo "hosts: files dns" >etc/nsswitch.conf
ldconfig -r . 2>/dev/null || /sbin/ldconfig -r .
