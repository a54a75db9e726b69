#!/bin/bash
# Nodes for Jepsen on one machine: each has a network, mount, process and host name namespace of its own, an sshd, and its own
# /opt, /root, /var/lib, /var/log, /tmp and /run. The machine and the nodes see each other on a bridge, 10.63.SET.0/24.
#
#   namespaces.sh up N [SET]        make nodes n1 ... nN; print how to call Jepsen
#   namespaces.sh down [SET]        end all their processes, remove all of it
#   namespaces.sh exec I COMMAND    run something on node I (of the set in SET)
#
# SET (0 to 255, default 0) is for several sets beside each other; the nodes of set 3 are n1-3 ... nN-3. Needs root, and ip, sshd,
# iptables, unshare, sudo. Until "down" there are on the machine itself the bridge, the namespaces, a directory in /var/tmp, and
# lines in /etc/hosts.
set -euo pipefail

usage() {
    sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

fail() {
    echo "namespaces.sh: $*" >&2
    exit 1
}

[ $# -ge 1 ] || usage
[ "$(id -u)" = 0 ] || fail "network namespaces need root"
command=$1
shift

name_set() {
    set_number=$1
    [[ $set_number =~ ^[0-9]+$ ]] && [ "$set_number" -le 255 ] || fail "a set is a number from 0 to 255, not $set_number"
    prefix=jsn${set_number}
    bridge=${prefix}b
    subnet=10.63.$set_number
    directory=/var/tmp/jepsen-namespaces/$set_number
    mark="# jepsen-namespaces $set_number\$"
}

node_name() {
    if [ "$set_number" = 0 ]; then
        echo "n$1"
    else
        echo "n$1-$set_number"
    fi
}

# In place: the file may be a mount. One at a time: other sets write it too.
forget_hosts() {
    local others
    others=$(grep -v "$mark" /etc/hosts) && echo "$others" >/etc/hosts
}

remember_hosts() {
    forget_hosts
    grep -v localhost "$directory/hosts" | sed "s/\$/ # jepsen-namespaces $set_number/" >>/etc/hosts
}

namespaces() {
    ip netns list | awk '{print $1}' | grep -E "^${prefix}n[0-9]+$" || true
}

down() {
    for namespace in $(namespaces); do
        # the first process of the node's process namespace takes all others with it
        ip netns pids "$namespace" | xargs --no-run-if-empty kill -9 2>/dev/null || true
        for _ in $(seq 100); do
            [ -z "$(ip netns pids "$namespace")" ] && break
            sleep 0.1
        done
        # at once: the kernel would do it a little after the namespace is gone
        ip link delete "${prefix}v${namespace#"${prefix}n"}" 2>/dev/null || true
        ip netns delete "$namespace"
    done
    if ip link show "$bridge" >/dev/null 2>&1; then
        ip link delete "$bridge"
    fi
    forget_hosts
    rm -rf "$directory"
}

# What the first process of a node does, in its namespaces.
run_node() {
    local node=$1
    mount --make-rprivate /
    hostname "$(node_name "$node")"
    for own in opt root var/lib var/log tmp; do
        mount --bind "$directory/n$node/$own" "/$own"
    done
    mount --bind "$directory/hosts" /etc/hosts
    mount -t tmpfs tmpfs /run
    mkdir /run/sshd
    /usr/sbin/sshd -D -f "$directory/n$node/sshd_config" &
    # bash also reaps the orphans, as the first process has to
    wait
}

up() {
    local count=$1
    [[ $count =~ ^[0-9]+$ ]] && [ "$count" -ge 1 ] && [ "$count" -le 200 ] || fail "how many nodes? 1 to 200, not $count"
    for program in ip iptables unshare nsenter ssh-keygen /usr/sbin/sshd sudo start-stop-daemon java; do
        command -v "$program" >/dev/null || fail "$program is missing"
    done
    [ -z "$(namespaces)" ] || fail "set $set_number is up already: $0 down $set_number"
    trap 'down; fail "it did not work, everything is removed again"' ERR

    mkdir -p "$directory"
    chmod 700 "$directory"
    ssh-keygen -q -t ed25519 -N '' -C 'jepsen nodes' -f "$directory/key"
    # sshd insists on a file that only root may change
    install -m 600 "$directory/key.pub" "$directory/authorized_keys"
    echo "127.0.0.1 localhost" >"$directory/hosts"
    local node
    for node in $(seq "$count"); do
        echo "$subnet.$((10 + node)) $(node_name "$node")" >>"$directory/hosts"
        node_name "$node" >>"$directory/nodes"
    done

    ip link add "$bridge" type bridge
    ip address add "$subnet.1/24" dev "$bridge"
    ip link set "$bridge" up
    for node in $(seq "$count"); do
        up_node "$node"
    done
    for node in $(seq "$count"); do
        await_sshd "$subnet.$((10 + node))"
    done
    remember_hosts
    trap - ERR
    cat <<END
$count nodes are up. For Jepsen:

  lein run test --os none --nodes-file $directory/nodes --ssh-private-key $directory/key ...
END
}

up_node() {
    local node=$1
    local namespace=${prefix}n$node root=$directory/n$node
    mkdir -p "$root"/{opt,root,var/lib,var/log,tmp}
    chmod 1777 "$root/tmp"
    ssh-keygen -q -t ed25519 -N '' -f "$root/host_key"
    cat >"$root/sshd_config" <<END
ListenAddress $subnet.$((10 + node))
HostKey $root/host_key
AuthorizedKeysFile $directory/authorized_keys
PidFile /run/sshd/sshd.pid
PasswordAuthentication no
UsePAM no
UseDNS no
StrictModes no
MaxStartups 200
MaxSessions 200
Subsystem sftp internal-sftp
END
    ip netns add "$namespace"
    ip link add "${prefix}v$node" type veth peer name eth0 netns "$namespace"
    ip link set "${prefix}v$node" master "$bridge" up
    ip -n "$namespace" address add "$subnet.$((10 + node))/24" dev eth0
    ip -n "$namespace" link set lo up
    ip -n "$namespace" link set eth0 up
    setsid nsenter "--net=/run/netns/$namespace" \
        unshare --mount --uts --pid --fork --kill-child --mount-proc \
        "$(readlink -f "$0")" node "$node" "$set_number" >"$root/node.log" 2>&1 </dev/null &
}

await_sshd() {
    for _ in $(seq 100); do
        if (exec 3<>"/dev/tcp/$1/22") 2>/dev/null; then
            return 0
        fi
        sleep 0.1
    done
    echo "namespaces.sh: no sshd at $1" >&2
    return 1
}

case $command in
    up)
        [ $# -ge 1 ] || usage
        name_set "${2:-0}"
        up "$1"
        ;;
    down)
        name_set "${1:-0}"
        down
        ;;
    exec)
        [ $# -ge 2 ] || usage
        name_set "${SET:-0}"
        node=$subnet.$((10 + $1))
        shift
        exec ssh -q -i "$directory/key" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null "root@$node" -- "$@"
        ;;
    node)
        name_set "$2"
        run_node "$1"
        ;;
    *)
        usage
        ;;
esac
