# apt in a Debian root that is only being made; stands before the script that makes it. Environment:
# PROXY (apt's, or empty).

# Mounts in the root, which is the working directory, what its apt needs and what must not stay in it.
with_apt() {
    mount -t proc proc proc
    mount --rbind /dev dev
    mount -t tmpfs tmpfs tmp
    mount -t tmpfs tmpfs var/cache/apt
    mount -t tmpfs tmpfs var/lib/apt/lists
    touch etc/resolv.conf
    mount --bind "$(realpath /etc/resolv.conf)" etc/resolv.conf
    # Signatures are checked; the age of a mirror's snapshot is no business of ours.
    cat > tmp/apt.conf <<CONF
Acquire::Check-Valid-Until "false";
Acquire::Check-Date "false";
Acquire::Languages "none";
Acquire::Retries "3";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
${PROXY:+Acquire::http::Proxy "$PROXY";}
CONF
    mkdir -p var/cache/apt/archives/partial
    apt update
}
in_root() {
    chroot . env DEBIAN_FRONTEND=noninteractive LC_ALL=C PATH=/usr/sbin:/usr/bin \
        APT_CONFIG=/tmp/apt.conf "$@"
}
apt() { in_root apt-get -q -y "$@" < /dev/null; }
