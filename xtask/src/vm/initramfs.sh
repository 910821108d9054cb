#!/bin/busybox sh
# First program of the VM: finds the disk, hands over to guest.sh on it (made by make.sh, brought by
# run.sh in a second archive appended to this one).
/bin/busybox mkdir -p /usr/bin /sbin
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
for module in /modules/*.ko; do
    insmod "$module"
done
tries=0
while [ ! -b /dev/vda ] && [ "$tries" -lt 200 ]; do
    tries=$((tries + 1))
    sleep 0.05
done
if ! mount -t ext4 -o noatime /dev/vda /mnt; then
    echo "the VM has no disk" > /dev/console
    poweroff -f
fi
mount -t tmpfs -o mode=755 tmpfs /mnt/run
mkdir /mnt/run/vm
cp /vm/* /mnt/run/vm/
for point in proc sys dev; do
    mount --move "/$point" "/mnt/$point"
done
exec switch_root /mnt /bin/bash /run/vm/guest.sh
