#!/bin/bash
# Makes what `cargo xtask vm` boots: from the cached Debian root of throw-away hosts a layer with qemu
# and a kernel's modules, the guest's disk, the kernel, an initramfs. Run by xtask in mount and pid
# namespaces of its own, so that a killed one leaves neither a mount nor a process. It must not
# write outside $TARGET.
#
# Environment: ROOT (the host root, read only), TARGET (an empty directory), TOOLS (packages to
# install), KERNEL (package to unpack), INIT (the initramfs's first program), PROXY (apt's, or empty).
set -euo pipefail

mkdir -p "$TARGET"/{layer,work,merged,source,kernel}
mount -t overlay -o "lowerdir=$ROOT,upperdir=$TARGET/layer,workdir=$TARGET/work" overlay "$TARGET/merged"
cd "$TARGET/merged"
# Without the mounts that follow: what the disk is made from.
mount --bind . "$TARGET/source"
with_apt
mount -t tmpfs tmpfs mnt
mkdir mnt/target
mount --rbind "$TARGET" mnt/target
# shellcheck disable=SC2086 # a list of words
apt install $TOOLS

# The kernel's packages are unpacked, not installed: their scripts would make an initrd that takes
# longer than all the rest. How many packages it is split into changes from release to release.
rm -f var/cache/apt/archives/*.deb
apt install --download-only "$KERNEL"
for package in var/cache/apt/archives/linux-*.deb; do
    in_root dpkg-deb -x "/$package" /mnt/target/kernel
done
modules=$(find "$TARGET/kernel" -type d -path '*/lib/modules/*' -prune)
release=${modules##*/}
[ -n "$release" ] && [ -d "$modules" ] || { echo "no kernel in $KERNEL" >&2; exit 1; }
# Older packages have it in /boot, newer ones beside the modules.
vmlinuz=$(find "$TARGET/kernel" -name vmlinuz -o -name "vmlinuz-$release")
mv "$vmlinuz" "$TARGET/vmlinuz"
mkdir -p usr/lib/modules
mv "$modules" usr/lib/modules/
in_root depmod "$release"
rm -rf "$TARGET/kernel"

# The initramfs: what is needed to reach the disk, and nothing else.
tree=$TARGET/initramfs
mkdir -p "$tree"/{bin,dev,mnt,modules,proc,sys}
cp usr/bin/busybox "$tree/bin/"
cp "$INIT" "$tree/init"
chmod 755 "$tree/init"
number=10
for module in virtio_pci virtio_mmio virtio_blk ext4; do
    while read -r verb file _; do
        # modprobe says "builtin NAME" for what the kernel has inside.
        [ "$verb" = insmod ] || continue
        name=${file##*/}
        name=${name%%.ko*}
        compgen -G "$tree/modules/*-$name.ko" > /dev/null && continue
        number=$((number + 1))
        case $file in
            *.xz) usr/bin/busybox xz -dc "./$file" > "$tree/modules/$number-$name.ko" ;;
            *.zst) in_root zstd -qdc "$file" > "$tree/modules/$number-$name.ko" ;;
            *) cp "./$file" "$tree/modules/$number-$name.ko" ;;
        esac
    done < <(in_root modprobe -S "$release" --show-depends "$module")
done
(cd "$tree" && find . | "$TARGET/merged/usr/bin/busybox" cpio -o -H newc 2> /dev/null) | gzip > "$TARGET/initramfs.gz"
rm -rf "$tree"

truncate -s 6G "$TARGET/disk"
in_root mke2fs -q -F -t ext4 -m 0 -E lazy_itable_init=1,lazy_journal_init=1 -d /mnt/target/source /mnt/target/disk

cd /
umount -R -l "$TARGET/merged" "$TARGET/source"
rm -rf "$TARGET/work"
rmdir "$TARGET/merged" "$TARGET/source"
