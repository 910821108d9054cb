#!/bin/bash
# First process of a throw-away host: makes a Debian root look and behave like a machine of its own,
# then runs a command in it. Started by `cargo xtask host` inside fresh mount, pid, net, uts, ipc and
# cgroup namespaces, while the outer file tree is still in sight. It must never write to the root
# itself (an overlay takes all writes) nor to anything outside $SCRATCH.
#
# Environment: ROLE (1|2), ROOT, SCRATCH (directory of this host), SHARED (directory of both hosts or
# empty), CGROUP (this host's cgroup2 directory as seen outside, or empty), BINDS (paths to show
# read-only, one a line), PAIR (1 = also start the second host), CRIU_CONF (1 = configure CRIU for
# engines that don't do it themselves), HOST_NAME.
set -euo pipefail

if [ -n "$CGROUP" ]; then
    # We stand in $CGROUP/init: cgroup2 allows controllers below a group that holds no process itself.
    for controller in $(cat "$CGROUP/cgroup.controllers"); do
        echo "+$controller" > "$CGROUP/cgroup.subtree_control" 2>/dev/null || true
    done
fi

peer=
if [ "$ROLE" = 1 ] && [ "${PAIR:-0}" = 1 ]; then
    # The second host, a child of this pid namespace so that nsenter can reach it.
    (
        export ROLE=2 SCRATCH="$SCRATCH/peer" HOST_NAME="$HOST_NAME-peer"
        if [ -n "$CGROUP" ]; then
            CGROUP="$CGROUP/peer"
            echo 0 > "$CGROUP/cgroup.procs"
        fi
        exec unshare --cgroup bash -c '
            [ -z "$CGROUP" ] || echo 0 > "$CGROUP/init/cgroup.procs"
            exec unshare --mount --pid --net --uts --ipc --fork --kill-child \
                --propagation private bash "$0"' "$0"
    ) < /dev/null &
    peer_parent=$!
fi

# The root, with every write on an overlay whose upper directory goes away with the host.
root=$SCRATCH/root
mkdir -p "$root" "$SCRATCH/upper" "$SCRATCH/work" "$SCRATCH/state"
mount -t overlay -o "lowerdir=$ROOT,upperdir=$SCRATCH/upper,workdir=$SCRATCH/work" overlay "$root"
cd "$root"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs dev
for node in null zero full random urandom tty; do
    touch "dev/$node"
    mount --bind "/dev/$node" "dev/$node"
done
mkdir -p dev/pts dev/shm dev/net dev/mqueue
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
mount -t tmpfs -o mode=1777 tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
for node in net/tun fuse; do
    [ -e "/dev/$node" ] || continue
    touch "dev/$node"
    mount --bind "/dev/$node" "dev/$node"
done
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin
ln -s fd/1 dev/stdout
ln -s fd/2 dev/stderr
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp

# Containers' overlays need an upper directory that is no overlay itself: these are on the disk.
for state in cryopod containers; do
    mkdir -p "var/lib/$state" "$SCRATCH/state/$state"
    mount --bind "$SCRATCH/state/$state" "var/lib/$state"
done
if [ -n "$SHARED" ]; then
    mkdir -p shared "$SHARED"
    mount --bind "$SHARED" shared
fi
while IFS= read -r path; do
    [ -n "$path" ] && [ -d "$path" ] || continue
    mkdir -p ".$path"
    mount --bind "$path" ".$path"
    mount -o remount,bind,ro ".$path"
done <<< "$BINDS"

mkdir -p .outer
pivot_root . .outer
umount -l /.outer
cd /
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
unset TMPDIR LD_LIBRARY_PATH XDG_RUNTIME_DIR BASH_ENV CONTAINERS_CONF

hostname "$HOST_NAME"
printf '127.0.0.1 localhost %s\n::1 localhost\n' "$HOST_NAME" > /etc/hosts
echo "$HOST_NAME" > /etc/hostname
: > /etc/resolv.conf
ip link set lo up

# Podman, the peer in interop tests: no systemd, no journal, no limits where controllers are missing.
mkdir -p /etc/containers
cat > /etc/containers/containers.conf <<'CONF'
[containers]
pids_limit = 0
log_driver = "k8s-file"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
CONF
if [ "${CRIU_CONF:-0}" = 1 ]; then
    mkdir -p /etc/criu
    printf '%s\n' 'cgroup-dump-controller none' 'network-lock nftables' |
        tee /etc/criu/runc.conf > /etc/criu/crun.conf
fi

if [ "$ROLE" = 2 ]; then
    touch /shared/.peer-ready
    # An infinite wait that still reaps orphans.
    while :; do sleep 3600 & wait $! || true; done
fi

if [ "${PAIR:-0}" = 1 ]; then
    for _ in $(seq 200); do
        [ -e /shared/.peer-ready ] && break
        kill -0 "$peer_parent" 2>/dev/null || { echo 'the second host did not start' >&2; exit 1; }
        sleep 0.05
    done
    rm -f /shared/.peer-ready
    peer=$(cat "/proc/$peer_parent/task/$peer_parent/children")
    peer=${peer%% *}
    ip link add cryo0 type veth peer name cryo0 netns "$peer"
    ip addr add 10.77.0.1/24 dev cryo0
    ip link set cryo0 up
    nsenter -t "$peer" -n ip addr add 10.77.0.2/24 dev cryo0
    nsenter -t "$peer" -n ip link set cryo0 up
    cat > /usr/local/bin/on-peer <<SCRIPT
#!/bin/sh
# Runs a command on the second host, in its namespaces and its cgroup; its status is the command's.
[ ! -d /sys/fs/cgroup/peer/init ] || echo 0 > /sys/fs/cgroup/peer/init/cgroup.procs
exec nsenter -t $peer -m -u -i -n -p -C --root --wd -- "\$@"
SCRIPT
    chmod 755 /usr/local/bin/on-peer
    export CRYOPOD_PEER_PID=$peer CRYOPOD_PEER_ADDRESS=10.77.0.2 CRYOPOD_HOST_ADDRESS=10.77.0.1
fi

# Not exec: this shell stays the init that reaps orphans. Everything else ends with it.
unset ROLE ROOT SCRATCH SHARED CGROUP V1_CGROUPS BINDS PAIR CRIU_CONF HOST_NAME
export CRYOPOD_HOST=1
status=0
"$@" || status=$?
exit "$status"
