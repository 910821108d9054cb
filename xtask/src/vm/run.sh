#!/bin/bash
# Boots the VM that make.sh made, once, for one command, and ends with the command's exit status: 124
# when it takes too long, 125 when the VM itself fails. Run by xtask in mount and pid namespaces of
# its own, so that nothing outlives it. It must not write outside $SCRATCH.
#
# Environment: ROOT (the host root), VM (what make.sh made), SCRATCH (a directory of this run),
# GUEST (guest.sh), BINDS (paths to show read-only, one a line), MEMORY (MiB), PROCESSORS,
# LIMIT (seconds).
set -euo pipefail

tools=$SCRATCH/tools
mkdir -p "$tools" "$SCRATCH"/{tmp,shared,extra/vm}
mount -t overlay -o "ro,lowerdir=$VM/layer:$ROOT" overlay "$tools"
mount -t proc proc "$tools/proc"
mount --rbind /dev "$tools/dev"
mount --bind "$SCRATCH/tmp" "$tools/tmp"
mount --bind "$SCRATCH/tmp" "$tools/var/tmp"
mount -t tmpfs tmpfs "$tools/mnt"
mkdir "$tools/mnt"/{vm,shared}
mount --bind "$VM" "$tools/mnt/vm"
while IFS= read -r path; do
    [ -n "$path" ] && [ -d "$path" ] || continue
    mkdir -p "$SCRATCH/shared$path"
    mount --bind "$path" "$SCRATCH/shared$path"
    mount -o remount,bind,ro "$SCRATCH/shared$path"
done <<< "$BINDS"
mount --rbind "$SCRATCH/shared" "$tools/mnt/shared"

# What this run brings into the guest, appended to the initramfs: the kernel unpacks both.
cp "$GUEST" "$SCRATCH/extra/vm/guest.sh"
printf '%q ' "$@" > "$SCRATCH/extra/vm/command"
printf '%s\n' "$BINDS" > "$SCRATCH/extra/vm/binds"
cp "$VM/initramfs.gz" "$SCRATCH/tmp/initrd"
(cd "$SCRATCH/extra" && find . | "$tools/usr/bin/busybox" cpio -o -H newc 2> /dev/null) | gzip -1 >> "$SCRATCH/tmp/initrd"

chroot "$tools" /usr/libexec/virtiofsd --socket-path=/tmp/shared.sock --shared-dir /mnt/shared \
    --sandbox none --cache always --readonly > "$SCRATCH/tmp/virtiofsd.log" 2>&1 &
for _ in $(seq 250); do
    [ -S "$SCRATCH/tmp/shared.sock" ] && break
    sleep 0.02
done
[ -S "$SCRATCH/tmp/shared.sock" ] || { cat "$SCRATCH/tmp/virtiofsd.log" >&2; exit 125; }

# The disk's writes go to a file without a name in /var/tmp. qemu opens its
# standard output anew, which would empty a file: it gets a pipe. (As `stdio` the port would close
# with standard input.) What runs beside it on the machine goes first: the gate's other tests, whose
# time limits are a tenth of those in here.
machine=(
    -nodefaults -nographic -no-reboot -accel tcg,thread=multi -cpu max -smp "$PROCESSORS"
    -machine q35,memory-backend=ram
    -m "$MEMORY" -object "memory-backend-memfd,id=ram,size=${MEMORY}M,share=on"
    -kernel /mnt/vm/vmlinuz -initrd /tmp/initrd
    -append "console=ttyS0 loglevel=5 panic=-1 mitigations=off random.trust_cpu=1 nokaslr tsc=reliable no_timer_check"
    -serial file:/tmp/kernel.log -device virtio-rng-pci
    -drive "if=none,id=disk,file=/mnt/vm/disk,format=raw,snapshot=on,cache=unsafe" -device virtio-blk-pci,drive=disk
    -chardev socket,id=shared,path=/tmp/shared.sock -device vhost-user-fs-pci,chardev=shared,tag=shared
    -device virtio-serial-pci
    -chardev file,id=output,path=/proc/self/fd/1 -device virtserialport,chardev=output,name=output
    -chardev file,id=status,path=/tmp/status -device virtserialport,chardev=status,name=status
)
ended=0
timeout --kill-after=5 "$LIMIT" nice -n 5 chroot "$tools" qemu-system-x86_64 "${machine[@]}" \
    < /dev/null 2> "$SCRATCH/tmp/qemu.log" | cat || ended=${PIPESTATUS[0]}
status=$(cat "$SCRATCH/tmp/status" 2> /dev/null || true)
if [ -n "$status" ]; then
    exit "$status"
fi
tail -q -n 40 "$SCRATCH/tmp/kernel.log" "$SCRATCH/tmp/qemu.log" >&2 || true
if [ "$ended" = 124 ] || [ "$ended" = 137 ]; then
    echo "Error: the VM was stopped after $LIMIT s" >&2
    exit 124
fi
echo "Error: the VM ended without a result" >&2
exit 125
