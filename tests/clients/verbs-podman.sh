#!/bin/sh
# What podman --remote and podman-py ask for beside the stories: terminals that are sized, health
# checks, processes and figures of pods, images out again.
# Environment: PODMAN (the socket's URL), IMAGE, DIRECTORY (a scratch directory of this story).
set -eu
podman() { command podman --remote --url "$PODMAN" "$@"; }
fail() { echo "$*" >&2; exit 1; }
has() { grep -q -- "$1" || fail "no $1"; }
# The words of one line on a terminal of 33 lines.
terminal() { script -qec "stty rows 33 cols 77; podman --remote --url $PODMAN $1" /dev/null < /dev/null; }

podman run -d --name three --health-cmd 'test -e /size' --health-interval disable --network none "$IMAGE" sleep 1000 > /dev/null
podman healthcheck run three > /dev/null && fail 'it is well before its time'
printf '%s\n' 'until [ "$(stty size)" = "33 77" ]; do sleep 0.1; done; echo of this size' > "$DIRECTORY/size"
podman cp "$DIRECTORY/size" three:/size
podman healthcheck run three > /dev/null
terminal 'exec -t three sh /size' | has 'of this size'
podman commit -q three localhost/sized:1 > /dev/null
terminal 'run -it --rm --network none localhost/sized:1 sh /size' | has 'of this size'
python3 - <<'END'
import os, podman
api = podman.PodmanClient(base_url=os.environ["PODMAN"]).api
answer = api.get("/containers/three/stats", params={"stream": False})
assert answer.status_code == 200, answer.text
assert answer.json()["name"].strip("/") == "three", answer.text
END
# Images out again, one and several, and how they were made.
podman history -q --no-trunc localhost/sized:1 | has "$(podman image inspect --format '{{.Id}}' localhost/sized:1)"
podman save -o "$DIRECTORY/saved.tar" localhost/sized:1
podman save --format oci-archive -o "$DIRECTORY/saved-oci.tar" localhost/sized:1
podman save -m -o "$DIRECTORY/several.tar" localhost/sized:1 "$IMAGE"
tar -xOf "$DIRECTORY/several.tar" manifest.json | has "$IMAGE"
# Copied from one to another under another name, which the archive's PUT is told.
podman create --name other --network none "$IMAGE" true > /dev/null
podman cp three:/size other:/renamed
podman cp other:/renamed - | tar -xO | has stty
podman rm other > /dev/null
podman rmi localhost/sized:1 > /dev/null
for file in saved saved-oci; do
    podman load -i "$DIRECTORY/$file.tar" | has localhost/sized:1
    podman run --rm --network none localhost/sized:1 cat /size | has stty
    podman rmi localhost/sized:1 > /dev/null
done
podman rm -f -t 0 three > /dev/null
# Pods.
podman pod create --name pod -p 127.0.0.1:18080:80 > /dev/null
podman run -d --pod pod --name member "$IMAGE" sleep 1000 > /dev/null
podman pod top pod args | has 'sleep 1000'
podman pod stats --no-stream --format '{{.Name}}' pod | has member
podman ps --filter name=member --format '{{.Ports}}' | has '127.0.0.1:18080->80/tcp'
podman pod rm -f -t 0 pod > /dev/null
echo "told by $(command podman --version)"
