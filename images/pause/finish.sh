# Only the static program.
program=$(mktemp)
cp usr/bin/busybox "$program"
find . -mindepth 1 -delete
mkdir -p bin etc tmp proc sys dev
mv "$program" bin/busybox
chmod 755 bin/busybox
