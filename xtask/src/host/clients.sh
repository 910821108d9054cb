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
with_apt
# No service starts in a root that is only being made.
printf '#!/bin/sh\nexit 101\n' > usr/sbin/policy-rc.d
chmod 755 usr/sbin/policy-rc.d
trap 'rm -f "$ROOT/usr/sbin/policy-rc.d"' EXIT
# shellcheck disable=SC2086 # a list of words
apt install $PACKAGES
in_root sh -ec "cd /tmp
    apt-get -q download $DESCRIPTION
    dpkg-deb -x ./${DESCRIPTION}_*.deb unpacked
    mkdir -p /opt/clients/cri
    find unpacked -path '*runtime/v1/api.proto' -exec cp {} /opt/clients/cri/ \\;
    test -s /opt/clients/cri/api.proto"
