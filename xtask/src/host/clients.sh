#!/bin/bash
# Installs the Debian packages of the doors' clients into a new root, with the root's own apt:
# debootstrap doesn't resolve what some of them depend on. Takes of one more package only a file.
# Run by xtask in mount and pid namespaces of its own, so that nothing is left mounted.
#
# Environment: ROOT, PACKAGES (a list of words), DESCRIPTION (the package to take api.proto from),
# PROXY (apt's, or empty).
set -euo pipefail

cd "$ROOT"
mount --bind . .
cd "$ROOT"
mount -t proc proc proc
mount --rbind /dev dev
mount -t tmpfs tmpfs tmp
mount -t tmpfs tmpfs var/cache/apt
mount -t tmpfs tmpfs var/lib/apt/lists
touch etc/resolv.conf
mount --bind "$(realpath /etc/resolv.conf)" etc/resolv.conf
# No service starts in a root that is only being made.
printf '#!/bin/sh\nexit 101\n' > usr/sbin/policy-rc.d
chmod 755 usr/sbin/policy-rc.d
trap 'rm -f "$ROOT/usr/sbin/policy-rc.d"' EXIT
cat > tmp/apt.conf <<CONF
Acquire::Check-Valid-Until "false";
Acquire::Check-Date "false";
Acquire::Languages "none";
Acquire::Retries "3";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
${PROXY:+Acquire::http::Proxy "$PROXY";}
CONF
in_root() {
    chroot . env DEBIAN_FRONTEND=noninteractive LC_ALL=C PATH=/usr/sbin:/usr/bin \
        APT_CONFIG=/tmp/apt.conf "$@" < /dev/null
}
mkdir -p var/cache/apt/archives/partial
in_root apt-get -q -y update
# shellcheck disable=SC2086 # a list of words
in_root apt-get -q -y install $PACKAGES
in_root sh -ec "cd /tmp
    apt-get -q download $DESCRIPTION
    dpkg-deb -x ./${DESCRIPTION}_*.deb unpacked
    mkdir -p /opt/clients/cri
    find unpacked -path '*runtime/v1/api.proto' -exec cp {} /opt/clients/cri/ \\;
    test -s /opt/clients/cri/api.proto"
