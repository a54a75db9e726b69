#!/usr/bin/env bash
# Starts clusters of three nodes and lets client libraries loose on it: everything each of them has. Prints a table.
#   --write    also puts the table into docs/compatibility.md
# What is missing is installed if that is possible (apt-get as root, npm); what cannot be is said so in the table.
# PORT: client port of the first node (21411); those of the second cluster are 10 higher.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
work=$PWD/target/clients
scripts=src/test/clients
port=${PORT:-21411}
mvn=${MVN:-mvn -q -B}
page=docs/compatibility.md
rm -rf "$work/data" "$work/logs"
mkdir -p "$work/logs"
export NODE_PATH=$work/node_modules PYTHONDONTWRITEBYTECODE=1

# ---- installing

missing=()
need() { # a command that succeeds when it is there; the package
    eval "$1" >/dev/null 2>&1 || missing+=("$2")
}
need 'command -v memccapable' libmemcached-tools
need 'php -r "exit(class_exists(\"Memcached\") ? 0 : 1);"' 'php-cli php-memcached'
need 'ruby -e "require %q(dalli)"' 'ruby ruby-dalli'
# the interpreter Debian installs packages for, not one that hides it
python=/usr/bin/python3
need "$python -c 'import pymemcache'" python3-pymemcache
need 'command -v npm' npm
if ((${#missing[@]})); then
    if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
        apt-get update -qq >"$work/logs/apt.log" 2>&1
        for packages in "${missing[@]}"; do
            # shellcheck disable=SC2086  # several packages in one word
            DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages >>"$work/logs/apt.log" 2>&1
        done
    else
        echo "To run all clients: apt-get install ${missing[*]}" >&2
    fi
fi
if command -v npm >/dev/null && ! [[ -d $NODE_PATH/memjs && -d $NODE_PATH/memcached ]]; then
    npm install --silent --no-audit --no-fund --prefix "$work" memjs@1.3.2 memcached@2.2.2 >"$work/logs/npm.log" 2>&1
fi

# ---- the clusters: one for everybody, and one with a user, who logs in by SASL

export MEMCACHE_USERNAME=ann MEMCACHE_PASSWORD=apple
guarded=$((port + 10))
clusters=()
trap 'kill "${clusters[@]}"; wait "${clusters[@]}" 2>/dev/null' EXIT
cluster() { # name, port of the first node
    bin/ringleader local --base-port="$2" --data="$work/data/$1" --partitions=8 >"$work/logs/$1.log" 2>&1 &
    clusters+=($!)
}
answers() { # port, what is said; the last line of the answer
    timeout 5 bash -c "exec 3<>/dev/tcp/127.0.0.1/$1; printf '%b' '$2' >&3; tail -n 1 <&3" 2>/dev/null
}
await() { # name, port, what is said before flush_all, which needs every partition
    for ((try = 0; try < 120; try++)); do
        [[ $(answers "$2" "$3flush_all\r\nquit\r\n") == OK* ]] && return
        sleep 0.5
    done
    echo "The cluster does not serve; see $work/logs/$1.log." >&2
    exit 1
}
cluster open "$port"
await open "$port" ''
mkdir -p "$work/data/guarded"
echo "$MEMCACHE_USERNAME:$MEMCACHE_PASSWORD" >"$work/data/guarded/users"
{
    printf '[cluster]\nname = "guarded"\npartitions = 8\nauth_file = "users"\n'
    for node in 1 2 3; do
        printf '[[node]]\nid = %d\nclient = "127.0.0.1:%d"\n' $node $((guarded + node - 1))
        printf 'peer = "127.0.0.1:%d"\ndata = "node%d"\n' $((guarded + node + 999)) $node
    done
} >"$work/data/guarded/cluster.toml"
cluster guarded "$guarded"
await guarded "$guarded" 'set login 0 0 9\r\nann apple\r\n'

# ---- the clients

table=$'| client | protocol | passed | failed |\n| --- | --- | --- | --- |'
bad=0
row() { # client, protocol, passed, failed, of these not known to fail with memcached too (all, if not given)
    table+=$'\n'"| $1 | $2 | $3 | $4 |"
    local unknown=${5:-$4}
    [[ $unknown == 0 || $unknown == - ]] || bad=1
}
exercise() { # client, protocol, what shows that it is there, command
    local name=$1 protocol=$2 log="$work/logs/$1-$2.log"
    log=${log//[ ,]/-}
    if ! eval "$3" >/dev/null 2>&1; then
        row "$name" "$protocol" 'not installed' -
        return
    fi
    shift 3
    timeout 120 "$@" >"$log" 2>&1
    local code=$? result
    result=$(grep -oE '^passed [0-9]+ failed [0-9]+$' "$log" | tail -n 1)
    if [[ -n $result ]]; then
        row "$name" "$protocol" "$(cut -d' ' -f2 <<<"$result")" "$(cut -d' ' -f4 <<<"$result")"
    else
        row "$name" "$protocol" '?' "broke off with code $code"
    fi
    [[ $code == 0 ]] || { echo "== $name, $protocol"; cat "$log"; }
}
capable() { # protocol, option
    local log="$work/logs/memccapable-$1.log"
    if ! command -v memccapable >/dev/null; then
        row memccapable "$1" 'not installed' -
        return
    fi
    timeout 120 memccapable -h 127.0.0.1 -p "$port" "$2" >"$log" 2>&1
    local failures='\[FAIL\]|Failed to connect'
    # docs/compatibility.md says why delete does
    row memccapable "$1" "$(grep -c '\[pass\]' "$log")" "$(grep -cE "$failures" "$log")" \
        "$(grep -E "$failures" "$log" | grep -vcE '^ascii delete')"
    grep -B 3 FAIL "$log"
}
capable text -a
capable binary -b
for protocol in text binary; do
    exercise php-memcached $protocol 'php -r "exit(class_exists(\"Memcached\") ? 0 : 1);"' \
        php $scripts/php_client.php 127.0.0.1 "$port" $protocol
done
exercise php-memcached 'binary, SASL' 'php -r "exit(Memcached::HAVE_SASL ? 0 : 1);"' \
    php $scripts/php_client.php 127.0.0.1 "$guarded" binary "$MEMCACHE_USERNAME" "$MEMCACHE_PASSWORD"
# this one logs in by itself where the environment names a user
exercise Dalli binary 'ruby -e "require %q(dalli)"' env -u MEMCACHE_USERNAME -u MEMCACHE_PASSWORD \
    ruby $scripts/dalli_client.rb 127.0.0.1 "$port" binary
exercise Dalli 'binary, SASL' 'ruby -e "require %q(dalli)"' ruby $scripts/dalli_client.rb 127.0.0.1 "$guarded" binary
# older ones take the option and speak binary all the same
if ruby -e 'require "dalli"; Dalli::Protocol::Meta' >/dev/null 2>&1; then
    exercise Dalli meta true ruby $scripts/dalli_client.rb 127.0.0.1 "$port" meta
else
    row Dalli meta 'not in the installed version' -
fi
exercise pymemcache text "$python -c 'import pymemcache'" $python $scripts/pymemcache_client.py 127.0.0.1 "$port"
exercise memjs binary "[[ -d $NODE_PATH/memjs ]]" env -u MEMCACHE_USERNAME -u MEMCACHE_PASSWORD \
    node $scripts/memjs_client.js 127.0.0.1 "$port"
exercise memjs 'binary, SASL' "[[ -d $NODE_PATH/memjs ]]" node $scripts/memjs_client.js 127.0.0.1 "$guarded"
exercise 'memcached of npm' text "[[ -d $NODE_PATH/memcached ]]" node $scripts/memcached_client.js 127.0.0.1 "$port"

# the Java clients are tests of their own, which start their own clusters
rm -f target/failsafe-reports/*Client{Libraries,Login}IT.xml
$mvn -Dtest=NONE -Dsurefire.failIfNoSpecifiedTests=false -Dit.test='ClientLibrariesIT,ClientLoginIT' verify \
    >"$work/logs/java.log" 2>&1
for client in spymemcached xmemcached; do
    for protocol in text binary 'binary, SASL'; do
        class=ClientLibrariesIT
        [[ $protocol == *SASL ]] && class=ClientLoginIT
        report=$(ls target/failsafe-reports/*$class.xml 2>/dev/null)
        if [[ -z $report ]]; then
            row $client "$protocol" '?' "did not run"
            continue
        fi
        # the report has the number of a case only: 1 to 3 are the nodes in text, or with SASL, and 4 to 6 in binary
        row $client "$protocol" $($python - "$report" $client "$protocol" <<'PYTHON'
import sys
import xml.etree.ElementTree as tree

report, client, protocol = sys.argv[1:]
passed = failed = 0
for case in tree.parse(report).iter("testcase"):
    name = case.get("name")
    if name.startswith(client + "(") and (int(name[name.rindex("[") + 1 : -1]) > 3) == (protocol == "binary"):
        if any(case.find(tag) is not None for tag in ("failure", "error", "skipped")):
            failed += 1
        else:
            passed += 1
print(passed, failed if passed + failed else "none")
PYTHON
        )
    done
done

echo
echo "$table"
if [[ ${1:-} == --write ]]; then
    printf '%s\n' "$table" >"$work/table"
    sed -i -e "/<!-- clients: begin -->/,/<!-- clients: end -->/{/<!-- clients: begin -->/{p;r $work/table
};/<!-- clients: end -->/p;d}" "$page"
fi
exit $bad
