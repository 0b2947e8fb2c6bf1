# What depends on the version of MySQL that the image stands in for: `version`, such as 8.2.0.

note() { echo "[stand-in] $*" >&2; }

# Lines of MySQL's own form, for what MySQL itself would say.
server_says() { echo "$(date -u '+%Y-%m-%dT%H:%M:%S.%6NZ') 1 $*" >&2; }

# 8.2.0 is 80200.
number_of() {
  local major minor patch
  IFS=. read -r major minor patch <<<"$1"
  echo $((major * 10000 + minor * 100 + ${patch:-0}))
}

at_least() { [[ $(number_of "$version") -ge $(number_of "$1") ]]; }

# A client sees the version that the image is named after, and that another server answers.
reported_version() { echo "$version-stand-in-by-mariadb-10.11"; }

say_what_differs() {
  note "this is MariaDB 10.11 in place of MySQL $version; clients see the version $(reported_version)"
  if at_least 8.0; then
    note "accounts use mysql_native_password: MariaDB has no caching_sha2_password"
    note "not there: SET PERSIST, CLONE, LATERAL, MySQL's GTIDs, the X protocol, named time zones; JSON is kept as text"
  fi
  if at_least 8.4; then
    note "MySQL $version has dropped CHANGE MASTER TO, START SLAVE, SHOW SLAVE STATUS and SHOW MASTER STATUS. MariaDB still" \
      "takes them, and does not know CHANGE REPLICATION SOURCE TO and SHOW BINARY LOG STATUS"
  fi
}

# From one major version to the next there is one way only.
may_follow() { [[ ${1%%.*} == "${version%%.*}" || $1 == 5.7.* && $version == 8.0.* || $1 == 8.4.* && $version == 9.* ]]; }

refuse_data() {
  server_says "[ERROR] [MY-014061] [InnoDB] $1"
  server_says "[ERROR] [MY-010334] [Server] Failed to initialize DD Storage Engine"
  server_says "[ERROR] [MY-010020] [Server] Data Dictionary initialization failed."
  server_says "[ERROR] [MY-010119] [Server] Aborting"
  exit 1
}

# A data directory remembers the newest version that used it. MariaDB's files are the same under all of
# them, so that nothing would break here; MySQL's are not, and so its rules are kept.
check_data_directory() {
  local record=$1/stand-in-version before
  [[ -d $1/mysql ]] || return 0
  before=$(cat "$record" 2>/dev/null || echo "$version")
  if [[ $(number_of "$before") -gt $(number_of "$version") ]]; then
    [[ ${before%.*} == "${version%.*}" ]] || refuse_data "Invalid MySQL server downgrade: Cannot downgrade from \
$(number_of "$before") to $(number_of "$version"). Downgrade is only permitted between patch releases."
    server_says "[System] [MY-014064] [Server] Server downgrade from '$(number_of "$before")' to '$(number_of "$version")' completed."
  elif [[ $before != "$version" ]]; then
    may_follow "$before" || refuse_data "Invalid MySQL server upgrade: Cannot \
upgrade from $(number_of "$before") to $(number_of "$version"). Upgrade to next major version is only allowed from the last LTS \
release, which version $(number_of "$before") is not."
    server_says "[System] [MY-013381] [Server] Server upgrade from '$(number_of "$before")' to '$(number_of "$version")' started."
    note "MariaDB's files are the same in both: nothing had to be converted"
    server_says "[System] [MY-013381] [Server] Server upgrade from '$(number_of "$before")' to '$(number_of "$version")' completed."
  fi
  echo "$version" >"$record.new"
  mv "$record.new" "$record"
}
