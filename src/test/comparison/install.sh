#!/usr/bin/env bash
# Installs the systems that "make bench" compares with, as far as they are missing and that is possible. What is missing
# afterwards is left out of the comparison.
set -uo pipefail
packages=()
command -v memcached >/dev/null || packages+=(memcached)
command -v redis-server >/dev/null || packages+=(redis-server)
command -v etcd >/dev/null || packages+=(etcd-server)
[[ ${#packages[@]} == 0 ]] && exit 0
if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
    echo "To compare with all systems, install ${packages[*]} (Debian's names)." >&2
    exit 0
fi
# the packages would start their servers, which nobody asked for
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
    trap 'rm -f $policy' EXIT
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod +x $policy
fi
apt-get update -qq &&
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
exit 0
