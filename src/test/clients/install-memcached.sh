#!/usr/bin/env bash
# Installs a stock memcached to compare with, unless there is one (MEMCACHED=path, or on the PATH).
set -euo pipefail
if [[ -n ${MEMCACHED:-} ]] || command -v memcached >/dev/null; then
    exit 0
fi
if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
    echo "To compare with memcached: apt-get install memcached, or set MEMCACHED=/path/to/memcached." >&2
    exit 1
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends memcached >/dev/null
