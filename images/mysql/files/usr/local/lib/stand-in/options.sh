# MySQL's options in MariaDB's words. `translate` adds to the array `options`.

# As MySQL does with a word that its version has dropped.
refuse_option() {
  server_says "[ERROR] [MY-000067] [Server] unknown variable '${1#--}'."
  note "MySQL $version has dropped this option"
  server_says "[ERROR] [MY-010119] [Server] Aborting"
  exit 1
}

left_out() { note "MariaDB has no option ${1#--}; it is left out${2:+: $2}"; }

# Dropped by MySQL on the way to 8.4.
is_dropped() {
  case "$1" in
    --default-authentication-plugin | --transaction-write-set-extraction | --binlog-transaction-dependency-tracking | \
      --master-info-repository | --relay-log-info-repository | --skip-host-cache | --expire-logs-days | --log-bin-use-v1-row-events | \
      --slave-rows-search-algorithms | --innodb-api-* | --show-compatibility-56 | --query-cache-*)
      at_least 8.4 ;;
    *) return 1 ;;
  esac
}

translate() {
  local option=$1 name value='' given=''
  name=${option%%=*}
  name=${name//_/-}
  name=${name/#--loose-/--}
  if [[ $option == *=* ]]; then
    value=${option#*=}
    given==$value
  fi
  if is_dropped "$name"; then refuse_option "$option"; fi
  case "$name" in
    --datadir) data=$value; options+=("--datadir=$value") ;;
    --super-read-only)
      note "super-read-only is read-only here; root from other hosts may not write either"
      options+=("--read-only$given") ;;
    --skip-super-read-only) options+=(--skip-read-only) ;;
    --log-bin)
      # MySQL names its binary logs after the host; MariaDB would not.
      [[ -n $value && $value != 1 && ${value^^} != ON ]] || value=$(hostname)-bin
      options+=("--log-bin=$value") ;;
    --log-replica-updates) options+=("--log-slave-updates$given") ;;
    --skip-log-replica-updates) options+=(--skip-log-slave-updates) ;;
    --skip-replica-start) options+=("--skip-slave-start$given") ;;
    --replica-parallel-workers | --slave-parallel-workers) options+=("--slave-parallel-threads$given") ;;
    --replica-preserve-commit-order | --slave-preserve-commit-order)
      left_out "$name" "replicas always keep the order of commits" ;;
    --replica-parallel-type | --slave-parallel-type) left_out "$name" "replicas apply optimistically" ;;
    --replica-*) options+=("--slave-${name#--replica-}$given") ;;
    --rpl-semi-sync-source-wait-for-replica-count | --rpl-semi-sync-master-wait-for-slave-count)
      [[ ${value:-1} == 1 ]] || refuse_option "$option" ;;
    --rpl-semi-sync-source-*) options+=("--rpl-semi-sync-master-${name#--rpl-semi-sync-source-}$given") ;;
    --rpl-semi-sync-replica-*) options+=("--rpl-semi-sync-slave-${name#--rpl-semi-sync-replica-}$given") ;;
    --sync-source-info) options+=("--sync-master-info$given") ;;
    --innodb-redo-log-capacity) options+=("--innodb-log-file-size$given") ;;
    --log-error-verbosity) options+=("--log-warnings$given") ;;
    --admin-port) options+=("--extra-port$given") ;;
    --skip-host-cache) options+=(--host-cache-size=0) ;;
    --collation-server)
      if [[ $value == utf8mb4_0900_* ]]; then
        note "collation $value is utf8mb4_uca1400_ai_ci here"
        value=utf8mb4_uca1400_ai_ci
      fi
      options+=("--collation-server=$value") ;;
    --plugin-load | --plugin-load-add | --early-plugin-load) left_out "$option" "MySQL's plugins do not fit into MariaDB" ;;
    --gtid-mode | --enforce-gtid-consistency) left_out "$name" "MariaDB counts transactions by GTIDs of its own kind, always" ;;
    --default-authentication-plugin | --authentication-policy | --mysql-native-password | --caching-sha2-password-*)
      left_out "$name" "accounts use mysql_native_password" ;;
    --master-info-repository | --relay-log-info-repository | --mysqlx | --mysqlx-* | --skip-mysqlx | --show-compatibility-56 | \
      --group-replication-* | --validate-password* | --terminology-use-previous | --log-error-services | \
      --log-error-suppression-list | --innodb-dedicated-server | --admin-* | --binlog-transaction-dependency-* | \
      --transaction-write-set-extraction | --default-table-encryption | --innodb-print-ddl-logs | --persisted-globals-load | \
      --upgrade | --information-schema-stats-expiry | --innodb-ddl-threads | --innodb-extend-and-initialize | \
      --temptable-* | --regexp-* | --binlog-row-value-options | --binlog-encryption | --generated-random-password-length)
      left_out "$name" ;;
    # What is left is the same in both, or MariaDB refuses it and says so.
    *) options+=("$option") ;;
  esac
}
