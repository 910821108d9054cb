#!/bin/bash
# Runs podman-py's own integration tests against our libpod interface, inside a throw-away host:
# `cargo xtask host -- tests/clients/podman-py.sh`. They pull from quay.io, which is a registry of
# our own here, with a certificate that only this host trusts. The number that must pass only ever
# grows; Podman 5.4 passes 30 of them.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
CRYOPOD=${CRYOPOD:-$here/../../target/debug/cryopod}
SCRATCH=$(mktemp -d)
LEAST=${LEAST:-31}
. "$here/lib.sh"

make_image
ip link set lo up
echo "127.0.0.1 quay.io localhost" >> /etc/hosts
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=quay.io -addext basicConstraints=critical,CA:FALSE -addext subjectAltName=DNS:quay.io \
    -keyout "$SCRATCH/key.pem" -out "$SCRATCH/certificate.pem" 2>/dev/null
cp "$SCRATCH/certificate.pem" /usr/local/share/ca-certificates/quay.crt
update-ca-certificates > /dev/null 2>&1
cat > "$SCRATCH/registry.yml" <<CONF
version: 0.1
storage: {filesystem: {rootdirectory: $SCRATCH/registry}, delete: {enabled: true}}
http: {addr: "127.0.0.1:443", tls: {certificate: $SCRATCH/certificate.pem, key: $SCRATCH/key.pem}}
CONF
docker-registry serve "$SCRATCH/registry.yml" > "$SCRATCH/registry.log" 2>&1 &
registry=$!
trap 'kill "$registry"; clean_up' EXIT
for _ in $(seq 100); do curl -sf https://quay.io/v2/ > /dev/null && break; sleep 0.1; done
for name in alpine busybox alpine_labels; do
    skopeo --insecure-policy copy "oci:$SCRATCH/layout:latest" "docker://quay.io/libpod/$name:latest" > /dev/null
done
# The suite reads the third word of `--version` of the program that it starts.
cat > "$SCRATCH/podman" <<WRAPPER
#!/bin/sh
[ "\$1" = --version ] && exec echo "podman version \$("$CRYOPOD" --version | grep -oE '[0-9]+\.[0-9]+\.[0-9]+' | head -1)"
exec "$CRYOPOD" "\$@"
WRAPPER
chmod +x "$SCRATCH/podman"
export PODMAN_BINARY=$SCRATCH/podman
cd /usr/lib/python3/dist-packages
python3 -m pytest -q -p no:cacheprovider --timeout 90 -rfE podman/tests/integration \
    ${ONLY:+-k "$ONLY"} > "$SCRATCH/log" 2>&1 || true
if [ -n "${VERBOSE:-}" ]; then cat "$SCRATCH/log"; fi
judge podman-py "$SCRATCH/log" "$LEAST"
