# Only the static program, with a link for each of its commands.
mv bin/busybox /tmp/busybox.$$ 2>/dev/null || mv usr/bin/busybox /tmp/busybox.$$
find . -mindepth 1 -delete
mkdir -p bin etc tmp root proc sys dev usr/bin usr/sbin var/run
chmod 1777 tmp
mv /tmp/busybox.$$ bin/busybox
chmod 755 bin/busybox
for command in $(bin/busybox --list); do
  [ "$command" = busybox ] || ln -s busybox "bin/$command"
done
ln -s /bin/env usr/bin/env
printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n' >etc/passwd
printf 'root:x:0:\nnogroup:x:65534:\n' >etc/group
