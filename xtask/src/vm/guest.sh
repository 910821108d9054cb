#!/bin/bash
# First process on the VM's disk: makes it a host like those of `cargo xtask host`, runs the command,
# reports its exit status and powers off. What it prints goes to the kernel's log console, which
# nobody sees unless the VM fails; the command's output goes to a port of its own.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8
unset TERM BOOT_IMAGE
exec < /dev/null

mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p /dev/pts /dev/shm /dev/mqueue /run/lock
mount -t devpts -o ptmxmode=0666,mode=620,gid=5 devpts /dev/pts
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mount -t tmpfs -o mode=1777 tmpfs /tmp
ln -sf /proc/self/fd /dev/fd
ln -sf fd/0 /dev/stdin
ln -sf fd/1 /dev/stdout
ln -sf fd/2 /dev/stderr
modprobe -a tun overlay veth bridge
# Controllers can be handed on by the root group alone while it holds processes, and this is it.
for controller in $(cat /sys/fs/cgroup/cgroup.controllers); do
    echo "+$controller" > /sys/fs/cgroup/cgroup.subtree_control
done
ulimit -n 65536
hostname cryovm
echo cryovm > /etc/hostname
printf '127.0.0.1 localhost cryovm\n::1 localhost\n' > /etc/hosts
: > /etc/resolv.conf
ip link set lo up

# Podman, the peer in interop tests: no systemd and no journal here either.
mkdir -p /etc/containers
cat > /etc/containers/containers.conf <<'CONF'
[containers]
log_driver = "k8s-file"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
CONF

# The repository and what cargo built, read only, at their own paths.
mkdir /run/shared
if mount -t virtiofs -o ro shared /run/shared; then
    while IFS= read -r path; do
        [ -n "$path" ] || continue
        mkdir -p "$path"
        mount --bind "/run/shared$path" "$path"
    done < /run/vm/binds
fi

port() {
    local directory
    for directory in /sys/class/virtio-ports/*; do
        [ "$(cat "$directory/name")" = "$1" ] && echo "/dev/${directory##*/}"
    done
}
export CRYOPOD_HOST=1 CRYOPOD_VM=1
cd / || exit
output=$(port output)
status=$(port status)
bash /run/vm/command > "$output" 2>&1
echo "$?" > "$status"
exec busybox poweroff -f
