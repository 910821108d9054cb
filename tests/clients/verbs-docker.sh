#!/bin/sh
# Every request about containers and images that the docker command can make, once.
# Environment: DOCKER_HOST, IMAGE, DIRECTORY (a scratch directory of this story), REGISTRY (HOST:PORT).
set -eu
export DOCKER_CONFIG="$DIRECTORY/docker"
fail() { echo "$*" >&2; exit 1; }
# Waits until a command, the last words, succeeds.
until_so() { for _ in $(seq 100); do "$@" > /dev/null 2>&1 && return; sleep 0.1; done; fail "never: $*"; }
has() { grep -q -- "$1" || fail "no $1"; }
# The words of one line on a terminal of 33 lines.
terminal() { script -qec "stty rows 33 cols 77; $1" /dev/null < /dev/null; }

docker version | has 'API version'
docker info --format '{{.OSType}}' | has linux
docker system df | has Images
docker create --name one "$IMAGE" sh -c 'echo out; echo new > /added; sleep 1000' > /dev/null
docker start one > /dev/null
until_so docker exec one test -s /added
docker ps --format '{{.Names}}' | has one
docker logs one | has out
docker inspect --format '{{.State.Status}}' one | has running
docker pause one > /dev/null
docker unpause one > /dev/null
docker update --pids-limit 77 one > /dev/null 2> "$DIRECTORY/error" || has cgroup < "$DIRECTORY/error"
docker top one | has 'sleep 1000'
docker stats --no-stream --format '{{.Name}}' | has one
docker diff one | has 'A /added'
echo 'to and fro' > "$DIRECTORY/file"
docker cp -q "$DIRECTORY/file" one:/tmp/there
docker cp -q one:/tmp/there "$DIRECTORY/back"
cmp "$DIRECTORY/file" "$DIRECTORY/back"
docker export one | tar -t | has added
docker rename one two
docker restart -t 0 two > /dev/null
docker commit -m said -c 'CMD ["cat", "/added"]' two localhost/made:1 | has sha256:
docker run --rm --network none localhost/made:1 | has new
docker kill two > /dev/null
[ "$(docker wait two)" = 137 ]
docker start two > /dev/null
docker stop -t 0 two > /dev/null
docker container prune -f | has Deleted
# With streams and terminals.
echo through | docker run -i --rm --network none "$IMAGE" cat | has through
docker run -d --name three --network none "$IMAGE" sleep 1000 > /dev/null
docker exec three sh -c 'exit 7' && fail 'it ended well' || [ $? = 7 ]
size='until [ "$(stty size)" = "33 77" ]; do sleep 0.1; done; echo of this size'
printf '%s\n' "$size" > "$DIRECTORY/size"
docker cp -q "$DIRECTORY/size" three:/size
terminal 'docker exec -t three sh /size' | has 'of this size'
docker commit three localhost/sized:1 > /dev/null
terminal 'docker run -t --rm --network none localhost/sized:1 sh /size' | has 'of this size'
docker rm -f three > /dev/null
# Images.
docker tag "$IMAGE" "$REGISTRY/pushed:1"
docker push -q "$REGISTRY/pushed:1" | has pushed
docker rmi "$REGISTRY/pushed:1" | has Untagged
docker pull -q "$REGISTRY/pushed:1" | has pushed
docker images --format '{{.Repository}}' | has pushed
docker image inspect --format '{{.Id}}' "$REGISTRY/pushed:1" | has sha256:
docker history --format '{{.Comment}}' localhost/made:1 | has said
docker rmi "$REGISTRY/pushed:1" > /dev/null
docker save -o "$DIRECTORY/saved.tar" localhost/made:1
docker rmi localhost/made:1 localhost/sized:1 > /dev/null
docker load -i "$DIRECTORY/saved.tar" | has localhost/made:1
docker run --rm --network none localhost/made:1 | has new
docker rmi localhost/made:1 > /dev/null
docker image prune -f | has 'reclaimed space'
# Volumes and networks.
docker volume create --label kind=story kept | has kept
docker volume ls -q --filter label=kind | has kept
docker volume inspect --format '{{.Name}}' kept | has kept
docker volume rm kept > /dev/null
docker volume create unused > /dev/null
docker volume prune -a -f | has unused
docker network create --subnet 10.77.0.0/24 apart > /dev/null
docker network ls --format '{{.Name}}' | has apart
docker network inspect --format '{{.Name}}' apart | has apart
docker run -d --name four "$IMAGE" sleep 1000 > /dev/null
docker network connect --ip 10.77.0.9 apart four
docker exec four ip -4 addr | has 10.77.0.9
docker network disconnect apart four
docker rm -f four > /dev/null
docker network rm apart > /dev/null
docker network create unused > /dev/null
docker network prune -f | has unused
docker events --since 5m --until "$(date +%s)" --format '{{.Type}} {{.Action}}' > "$DIRECTORY/events"
for wanted in create start die destroy; do has "container $wanted" < "$DIRECTORY/events"; done
echo "told by $(docker --version)"
