#!/bin/sh
# A counter's story by the docker command: started, frozen under a name, thawed in place; frozen
# into a directory, removed, thawed as another container of the same image.
# Environment: DOCKER_HOST, IMAGE, DIRECTORY (a scratch directory of this story).
set -eu
export DOCKER_CONFIG="$DIRECTORY/docker"
count='i=0; while :; do echo $i; i=$((i+1)); sleep 0.1; done'
last() { docker logs --tail 1 "$1"; }
above() { # CONTAINER NUMBER: waits until the counter is above
    for _ in $(seq 200); do
        [ "$(last "$1" || echo 0)" -gt "$2" ] 2>/dev/null && return
        sleep 0.1
    done
    echo "$1 stands at $(last "$1"), not above $2" >&2
    exit 1
}
docker run -d --name story "$IMAGE" sh -c "$count" > /dev/null
above story 2
docker checkpoint create story one
docker checkpoint ls story | grep -q '^one'
[ "$(docker inspect --format '{{.State.Status}}' story)" = exited ]
frozen=$(last story)
if docker checkpoint create story two 2> "$DIRECTORY/error"; then exit 1; fi
grep -qi 'not running\|is not in' "$DIRECTORY/error" || { cat "$DIRECTORY/error" >&2; exit 1; }
docker start --checkpoint one story > /dev/null
above story "$frozen"
docker checkpoint rm story one
[ -z "$(docker checkpoint ls story | tail -n +2)" ]
# A name that is taken, and one that leads out of the directory.
docker checkpoint create --leave-running story again
if docker checkpoint create --leave-running story again 2> "$DIRECTORY/error"; then exit 1; fi
grep -q again "$DIRECTORY/error"
if docker checkpoint create --leave-running story ../again 2> /dev/null; then exit 1; fi
[ "$(docker inspect --format '{{.State.Running}}' story)" = true ]
docker checkpoint create --checkpoint-dir "$DIRECTORY" story away
frozen=$(last story)
docker rm story > /dev/null
docker create --name second "$IMAGE" sh -c "$count" > /dev/null
docker start --checkpoint-dir "$DIRECTORY" --checkpoint away second
above second "$frozen"
docker rm -f second > /dev/null
echo "told by $(docker --version)"
