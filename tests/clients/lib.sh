# What the scripts beside this one share: an image of busybox under the names that other projects'
# tests expect. Sourced; needs $CRYOPOD, a directory $SCRATCH and skopeo.

# Makes an OCI archive $SCRATCH/alpine.tar: busybox with all its applets, and what tests look for.
make_image() {
    local root=$SCRATCH/rootfs
    mkdir -p "$root"/{bin,sbin,usr/bin,usr/sbin,etc,tmp,root,var/log,home,proc,sys,dev,run}
    cp /bin/busybox "$root/bin/busybox"
    chroot "$root" /bin/busybox --install -s
    printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n' > "$root/etc/passwd"
    printf 'root:x:0:\nnobody:x:65534:\n' > "$root/etc/group"
    printf 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.10.0\n' > "$root/etc/os-release"
    echo 3.10.0 > "$root/etc/alpine-release"
    chmod 1777 "$root/tmp"
    tar -C "$root" -cf "$SCRATCH/layer.tar" .
    local blobs=$SCRATCH/layout/blobs/sha256
    mkdir -p "$blobs"
    local layer config manifest
    layer=$(sha256sum "$SCRATCH/layer.tar" | cut -d' ' -f1)
    mv "$SCRATCH/layer.tar" "$blobs/$layer"
    printf '{"created":"2024-01-01T00:00:00Z","architecture":"amd64","os":"linux","config":{"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],"Cmd":["/bin/sh"]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]},"history":[{"created":"2024-01-01T00:00:00Z","created_by":"tests"}]}' "$layer" > "$SCRATCH/config"
    config=$(sha256sum "$SCRATCH/config" | cut -d' ' -f1)
    printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%s","size":%s},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:%s","size":%s}]}' \
        "$config" "$(stat -c %s "$SCRATCH/config")" "$layer" "$(stat -c %s "$blobs/$layer")" > "$SCRATCH/manifest"
    mv "$SCRATCH/config" "$blobs/$config"
    manifest=$(sha256sum "$SCRATCH/manifest" | cut -d' ' -f1)
    printf '{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%s","size":%s,"annotations":{"org.opencontainers.image.ref.name":"latest"}}]}' \
        "$manifest" "$(stat -c %s "$SCRATCH/manifest")" > "$SCRATCH/layout/index.json"
    mv "$SCRATCH/manifest" "$blobs/$manifest"
    echo '{"imageLayoutVersion":"1.0.0"}' > "$SCRATCH/layout/oci-layout"
}

# Prints «NAME: N passed» and ends with 1 if fewer than the ratchet's number did. What pytest said
# is in the file of the second argument.
judge() {
    local name=$1 log=$2 least=$3 passed
    passed=$(grep -oE '[0-9]+ passed' "$log" | tail -1 | cut -d' ' -f1)
    tail -1 "$log"
    echo "$name: ${passed:-0} passed, at least $least wanted"
    if [ "${passed:-0}" -lt "$least" ]; then
        grep -E '^(FAILED|ERROR)' "$log"
        exit 1
    fi
}

# Removes what the tests of others left: containers, pods, volumes, networks, and the images that
# they are known to make. What was there before stays.
clean_up() {
    "$CRYOPOD" pod rm -fa || true
    "$CRYOPOD" rm -fa -t 0 || true
    "$CRYOPOD" volume prune -f || true
    "$CRYOPOD" network prune -f || true
    "$CRYOPOD" images --format '{{.Repository}}:{{.Tag}}' \
        | grep -E '(alpine|alpine_labels|busybox|busybox.local|dockerpytest_[0-9a-f]*):' \
        | xargs -r "$CRYOPOD" rmi -f || true
    "$CRYOPOD" images --format '{{.Repository}} {{.ID}}' | sed -n 's/^<none> //p' \
        | xargs -r "$CRYOPOD" rmi -f || true
} > /dev/null 2>&1
