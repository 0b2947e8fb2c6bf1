. "$SHARED_FINISH"
rm -rf etc/nginx/sites-* etc/nginx/modules-* etc/nginx/snippets var/www
mkdir -p var/log/nginx var/lib/nginx usr/share/nginx/html
ln -sf /dev/stdout var/log/nginx/access.log
ln -sf /dev/stderr var/log/nginx/error.log
chown -R 33:33 var/lib/nginx
