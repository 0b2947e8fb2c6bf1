#!/bin/bash
# Behaves as the entry point of the mysql image does: an empty data directory is initialised with the
# help of the MYSQL_… variables by a server that nobody can reach from outside; then the real one starts.
# Unlike there, being ended on the way does no harm: a mark in the directory tells the next start to begin again.
set -euo pipefail

say() { echo "$(date -u '+%Y-%m-%d %H:%M:%S+00:00') [Note] [Entrypoint]: $*" >&2; }
die() { echo "$(date -u '+%Y-%m-%d %H:%M:%S+00:00') [ERROR] [Entrypoint]: $*" >&2; exit 1; }

# The first process of a container hears only those signals that it asks for.
trap 'exit 143' TERM INT

version=${MYSQL_VERSION:-5.7.44}
data=/var/lib/mysql
socket=/run/mysqld/mysqld.sock

# VARIABLE or the content of the file that VARIABLE_FILE names.
from_file() {
  local variable=$1 file_variable="$1_FILE"
  if [[ -n ${!variable:-} && -n ${!file_variable:-} ]]; then
    die "Both $variable and $file_variable are set (but are exclusive)"
  fi
  if [[ -n ${!file_variable:-} ]]; then export "$variable=$(<"${!file_variable}")"; fi
  unset "$file_variable"
}

quoted() { printf "'%s'" "$(sed -e 's/\\/\\\\/g' -e "s/'/\\\\'/g" <<<"$1")"; }
identifier() { printf '`%s`' "${1//\`/\`\`}"; }

check_password_options() {
  if [[ -z ${MYSQL_ROOT_PASSWORD:-}${MYSQL_ALLOW_EMPTY_PASSWORD:-}${MYSQL_RANDOM_ROOT_PASSWORD:-} ]]; then
    die "Database is uninitialized and password option is not specified
    You need to specify one of the following:
    - MYSQL_ROOT_PASSWORD
    - MYSQL_ALLOW_EMPTY_PASSWORD
    - MYSQL_RANDOM_ROOT_PASSWORD"
  fi
  [[ ${MYSQL_USER:-} != root ]] || die 'MYSQL_USER="root", MYSQL_USER and MYSQL_PASSWORD are for a regular user'
  if [[ -n ${MYSQL_USER:-} && -z ${MYSQL_PASSWORD:-} ]]; then
    say 'MYSQL_USER specified, but missing MYSQL_PASSWORD; MYSQL_USER will not be created'
  fi
  if [[ -n ${MYSQL_RANDOM_ROOT_PASSWORD:-} ]]; then
    MYSQL_ROOT_PASSWORD=$(head -c 24 /dev/urandom | base64 | tr -d '\n')
    say "GENERATED ROOT PASSWORD: $MYSQL_ROOT_PASSWORD"
  fi
}

accounts() {
  local password host=${MYSQL_ROOT_HOST:-%}
  password=$(quoted "${MYSQL_ROOT_PASSWORD:-}")
  # What follows is this member's own business: it must not reach the binary log.
  echo "SET @@SESSION.SQL_LOG_BIN = 0;"
  echo "DELETE FROM mysql.global_priv WHERE user NOT IN ('mysql', 'mariadb.sys', 'root') OR host <> 'localhost';"
  echo "FLUSH PRIVILEGES;"
  echo "ALTER USER root@localhost IDENTIFIED BY $password;"
  if [[ $host != localhost ]]; then
    echo "CREATE USER root@$(quoted "$host") IDENTIFIED BY $password;"
    echo "GRANT ALL ON *.* TO root@$(quoted "$host") WITH GRANT OPTION;"
    # So that read_only binds this root too, as super_read_only does in MySQL.
    echo "REVOKE READ ONLY ADMIN ON *.* FROM root@$(quoted "$host");"
    if [[ -n ${MYSQL_ONETIME_PASSWORD:-} ]]; then echo "ALTER USER root@$(quoted "$host") PASSWORD EXPIRE;"; fi
  fi
  if [[ -n ${MYSQL_DATABASE:-} ]]; then echo "CREATE DATABASE IF NOT EXISTS $(identifier "$MYSQL_DATABASE");"; fi
  if [[ -n ${MYSQL_USER:-} && -n ${MYSQL_PASSWORD:-} ]]; then
    echo "CREATE USER $(quoted "$MYSQL_USER")@'%' IDENTIFIED BY $(quoted "$MYSQL_PASSWORD");"
    if [[ -n ${MYSQL_DATABASE:-} ]]; then
      echo "GRANT ALL ON $(identifier "${MYSQL_DATABASE//_/\\_}").* TO $(quoted "$MYSQL_USER")@'%';"
    fi
  fi
}

# The password goes through a file that only this process can open, never through the list of processes.
client() { mysql --defaults-file=<(password_file) --socket="$socket" --user=root "$@"; }
password_file() {
  local escaped=${MYSQL_ROOT_PASSWORD:-}
  escaped=${escaped//\\/\\\\}
  printf '[client]\npassword="%s"\n' "${escaped//\"/\\\"}"
}

run_init_files() {
  local file
  for file in /docker-entrypoint-initdb.d/*; do
    case "$file" in
      *.sh) if [[ -x $file ]]; then say "running $file"; "$file"; else say "sourcing $file"; . "$file"; fi ;;
      *.sql) say "running $file"; client ${MYSQL_DATABASE:+"$MYSQL_DATABASE"} <"$file" ;;
      *.sql.gz) say "running $file"; gunzip -c "$file" | client ${MYSQL_DATABASE:+"$MYSQL_DATABASE"} ;;
      */\*) ;;
      *) say "ignoring $file" ;;
    esac
  done
}

# Until it is gone, what lies in the data directory is not whole, and nobody has seen it.
mark_unfinished() {
  if [[ -e $data/.initialising ]]; then
    say 'The last initialisation was cut short: removing what it left'
    own_files -exec rm -rf '{}' +
  elif [[ -n $(own_files -print -quit) ]]; then
    die "The data directory $data has files in it, but no database: it is not touched. Empty it, or mount another one"
  fi
  touch "$data/.initialising"
}

own_files() { find "$data" -mindepth 1 -maxdepth 1 \! -name '.*' \! -name lost+found "$@"; }

start_temporary_server() {
  local tries
  say 'Starting temporary server'
  mysqld "$@" --skip-networking --skip-log-bin --skip-slave-start --skip-read-only "${as_user[@]}" &
  server=$!
  trap 'kill "$server"; exit 143' TERM INT
  for tries in {300..0}; do
    if mysqladmin --no-defaults --socket="$socket" --user=root ping >/dev/null 2>&1; then return; fi
    kill -0 "$server" 2>/dev/null || die 'Unable to start server.'
    sleep 0.1
  done
  die 'Unable to start server.'
}

initialise() {
  local server
  mark_unfinished
  say 'Initializing database files'
  mariadb-install-db --no-defaults --datadir="$data" --auth-root-authentication-method=normal --skip-test-db \
    --skip-name-resolve "${as_user[@]}" >/dev/null
  start_temporary_server "$@"
  accounts | mysql --no-defaults --socket="$socket" --user=root --binary-mode
  run_init_files
  say 'Stopping temporary server'
  kill "$server"
  wait "$server" || die 'Unable to shut down server.'
  trap 'exit 143' TERM INT
  sync
  rm "$data/.initialising"
  say 'MySQL init process done. Ready for start up.'
}

# The last word counts, as for the server.
configured_data_directory() {
  { my_print_defaults mysqld server mariadb "mysqld-${version%.*}"; printf '%s\n' "$@"; } | sed -n 's/^--datadir=//p' | tail -n 1
}

if [[ ${1:-} == -* ]]; then set -- mysqld "$@"; fi
if [[ ${1:-} != mysqld ]]; then exec "$@"; fi
shift

say "Entrypoint script of the stand-in for MySQL $version: $(/usr/sbin/mariadbd --version 2>/dev/null)"
if configured=$(configured_data_directory "$@") && [[ -n $configured ]]; then data=$configured; fi
as_user=()
mkdir -p "$data" /run/mysqld
# All that a clone can leave that was ended behind its very last step; the server would take it for a database.
rmdir "$data/.clone" 2>/dev/null || true
if [[ $(id -u) == 0 ]]; then
  as_user=(--user=mysql)
  find "$data" /run/mysqld \! -user mysql -exec chown mysql:mysql '{}' +
fi
if [[ ! -d $data/mysql || -e $data/.initialising ]]; then
  for variable in MYSQL_ROOT_PASSWORD MYSQL_ROOT_HOST MYSQL_DATABASE MYSQL_USER MYSQL_PASSWORD; do
    from_file "$variable"
  done
  check_password_options
  initialise "$@"
fi
exec mysqld "$@" "${as_user[@]}"
