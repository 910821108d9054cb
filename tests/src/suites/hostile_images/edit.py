"""Makes an archive for each edit of a table: the checkpoint in a directory, its images changed.

Arguments: the directory of the unpacked archive, the directory for archives, the table (JSON: name
and statements). The statements see `at`, which gives the entries of an image by name (kept when
they are changed), and the functions below.
"""

import gzip
import io
import json
import os
import struct
import sys
import tarfile

import pycriu.images as images

SOURCE, TARGET, TABLE = sys.argv[1:]
IMAGES = os.path.join(SOURCE, "checkpoint")
NAMES = sorted(os.listdir(IMAGES))


def varint(value):
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


class Edit(dict):
    """What one archive has instead: bytes by image; None: nothing."""

    def __init__(self):
        super().__init__()
        self.open = {}

    def __call__(self, name):
        if name not in self.open:
            with open(os.path.join(IMAGES, name), "rb") as file:
                self.open[name] = images.load(file)
        return self.open[name]["entries"]

    def new(self, name, magic, *entries):
        self.open[name] = {"magic": magic, "entries": list(entries)}

    def finish(self):
        for name, image in self.open.items():
            out = io.BytesIO()
            images.dump(image, out)
            self[name] = out.getvalue()


def scope(edit):
    """The names that statements may use."""
    mounts = next(name for name in NAMES if name.startswith("mountpoints-"))
    network = next(name for name in NAMES if name.startswith("netns-"))

    def creds():
        return edit("core-1.img")[0]["thread_core"]["creds"]

    def thread():
        return edit("core-1.img")[0]["thread_core"]

    def mount(place):
        return next(one for one in edit(mounts) if one["mountpoint"] == place)

    def add_mount(place, **facts):
        one = dict(mount("/proc"), mnt_id=9000, mountpoint=place, root_dev=9000, root="/")
        one["parent_mnt_id"] = mount("/")["mnt_id"]
        one.update(facts)
        edit(mounts).insert(0, one)

    def add_file(name, flags=0, place="/", **facts):
        own = {"uid": 0, "euid": 0, "signum": 0, "pid_type": 0, "pid": 0}
        regular = {"id": 9000, "flags": flags, "pos": 0, "fown": own, "name": name}
        regular.update(mnt_id=mount(place)["mnt_id"], mode=0o100644)
        regular.update(facts)
        edit("files.img").append({"type": "REG", "id": 9000, "reg": regular})

    def ghost(name, place, mode, device=0):
        add_file(name, 0, place)
        remap = {"orig_id": 9000, "remap_id": 1, "remap_type": "GHOST"}
        edit.new("remap-fpath.img", "REMAP_FPATH", remap)
        entry = b"\x08\x00\x10\x00\x18" + varint(mode) + b"\x30" + varint(device)
        head = struct.pack("<III", 0x54564319, 0x52583605, len(entry))
        edit["ghost-file-1.img"] = head + entry

    def tarball(place, name, kind, major, minor):
        device = mount(place)["root_dev"]
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as archive:
            node = tarfile.TarInfo(name)
            node.type, node.devmajor, node.devminor = kind, major, minor
            archive.addfile(node)
        edit[f"tmpfs-dev-{device}.tar.gz.img"] = gzip.compress(out.getvalue())

    names = dict(locals())
    names.update(at=edit, NAMES=NAMES, BLOCK=tarfile.BLKTYPE, CHARACTERS=tarfile.CHRTYPE)
    return names


def pack(edit, target):
    def keep(member):
        inner = os.path.relpath(member.name, "checkpoint")
        changed = member.name.startswith("checkpoint/") and inner in edit
        return None if changed else member

    with tarfile.open(target, "w") as archive:
        for name in sorted(os.listdir(SOURCE)):
            # Whoever edits an archive leaves its sums out.
            if name not in ("cryopod.json", "cryopod.sums"):
                archive.add(os.path.join(SOURCE, name), name, filter=keep)
        for name, content in edit.items():
            if content is not None:
                member = tarfile.TarInfo(f"checkpoint/{name}")
                member.size, member.mode = len(content), 0o600
                archive.addfile(member, io.BytesIO(content))


for number, (name, statements) in enumerate(json.loads(TABLE)):
    edit = Edit()
    try:
        exec(statements, scope(edit))
        edit.finish()
    except Exception as error:
        raise RuntimeError(f"{name}: {statements}") from error
    pack(edit, os.path.join(TARGET, f"{number}.tar"))
