#!/bin/bash
# Runs docker-py's own integration tests of containers against our Docker interface, inside a
# throw-away host: `cargo xtask host -- tests/clients/docker-py.sh`. The number that must pass only
# ever grows; Podman 5.4's compatible interface passes 87 of them, Docker's own daemon 115.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
CRYOPOD=${CRYOPOD:-$here/../../target/debug/cryopod}
SCRATCH=$(mktemp -d)
LEAST=${LEAST:-93}
. "$here/lib.sh"

make_image
for name in alpine:3.10 alpine:latest; do
    skopeo --insecure-policy copy "oci:$SCRATCH/layout:latest" "docker-archive:$SCRATCH/${name/:/-}.tar:$name" > /dev/null
    "$CRYOPOD" load --quiet --input "$SCRATCH/${name/:/-}.tar"
done
"$CRYOPOD" system service --time 0 "unix://$SCRATCH/docker.sock" > "$SCRATCH/service.log" 2>&1 &
service=$!
trap 'kill "$service"; wait "$service" 2>/dev/null || true; clean_up' EXIT
for _ in $(seq 100); do [ -S "$SCRATCH/docker.sock" ] && break; sleep 0.1; done
export DOCKER_HOST=unix://$SCRATCH/docker.sock
# The library of the archive is too old for today's requests: the tests take Debian's.
cp -a /opt/clients/docker-7.0.0/tests "$SCRATCH/"
cd "$SCRATCH"
python3 -m pytest -q -p no:cacheprovider --timeout 60 -rfE \
    tests/integration/api_container_test.py tests/integration/models_containers_test.py \
    ${ONLY:+-k "$ONLY"} > "$SCRATCH/log" 2>&1 || true
if [ -n "${VERBOSE:-}" ]; then cat "$SCRATCH/log" "$SCRATCH/service.log"; fi
judge docker-py "$SCRATCH/log" "$LEAST"
