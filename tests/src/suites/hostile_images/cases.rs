//! Edits of images, by what they are after.

/// An edit, and what the refusal says.
pub struct Case {
    pub name: &'static str,
    /// Statements of `edit.py`.
    pub edit: &'static str,
    pub words: &'static str,
}

const fn case(name: &'static str, edit: &'static str, words: &'static str) -> Case {
    Case { name, edit, words }
}

pub const CASES: &[Case] = &[
    // Credentials.
    case(
        "a capability in the effective set",
        "creds()['cap_eff'][0] |= 1 << 21",
        "core-1.img: process 1 has CAP_SYS_ADMIN in its effective set",
    ),
    case(
        "a capability to be got later",
        "creds()['cap_bnd'][1] |= 1 << 7",
        "CAP_BPF in its bounding set",
    ),
    case(
        "a capability for every program",
        "creds()['cap_amb'] = [1 << 16, 0]",
        "CAP_SYS_MODULE in its ambient set",
    ),
    case(
        "new privileges",
        "creds()['no_new_privs'] = 0",
        "may gain privileges",
    ),
    case(
        "those of the host's root",
        "thread().pop('creds')",
        "says no credentials",
    ),
    // System calls.
    case(
        "no filter",
        "thread()['seccomp_mode'] = 'disabled'; thread().pop('seccomp_filter')",
        "process 1 has no seccomp filter",
    ),
    case(
        "a filter that is not there",
        "thread()['seccomp_filter'] = 99",
        "lets anything through",
    ),
    case(
        "a filter that lets all through",
        "at('seccomp.img')[0]['seccomp_filters'][0]['filter'] = 'BgAAAAAA/38='",
        "seccomp.img: the seccomp filter of process 1 lets",
    ),
    // Urgency and limits.
    case(
        "a nice value",
        "thread()['sched_nice'] = -20",
        "the nice value -20",
    ),
    case(
        "real time",
        "thread().update(sched_policy=1, sched_prio=50)",
        "in real time",
    ),
    case(
        "never killed for memory",
        "at('core-1.img')[0]['tc']['oom_score_adj'] = -1000",
        "oom_score_adj -1000",
    ),
    case(
        "a setting of the host's kernel",
        "at('pstree.img')[0]['sid'] = 5000000",
        "kernel.pid_max",
    ),
    // Namespaces.
    case(
        "the host's processes",
        "at('ids-1.img')[0]['pid_ns_id'] = at('inventory.img')[0]['root_ids']['pid_ns_id']",
        "process 1 is in the pid namespace of the host",
    ),
    case(
        "the host's mounts",
        "at('ids-1.img')[0]['mnt_ns_id'] = at('inventory.img')[0]['root_ids']['mnt_ns_id']",
        "process 1 is in the mount namespace of the host",
    ),
    case(
        "the host's network",
        "at('ids-1.img')[0]['net_ns_id'] = at('inventory.img')[0]['root_ids']['net_ns_id']",
        "process 1 is in the network namespace of the host",
    ),
    case(
        "the host's, said the other way",
        "at('inventory.img')[0]['root_ids']['ipc_ns_id'] = at('ids-1.img')[0]['ipc_ns_id']",
        "process 1 is in the ipc namespace of the host",
    ),
    case(
        "a user namespace with all ids",
        "at('ids-1.img')[0]['user_ns_id'] = 77",
        "a user namespace of its own",
    ),
    case(
        "a process apart",
        "name = [one for one in NAMES if one.startswith('ids-') and one != 'ids-1.img'][0]; at(name)[0]['mnt_ns_id'] = 77",
        "other namespaces than the first one",
    ),
    case(
        "no namespaces at all",
        "at['ids-1.img'] = None",
        "is in no namespace of its container",
    ),
    case(
        "another network",
        "at(network)[0]['ext_key'] = 'other'",
        "the network is not the one",
    ),
    case(
        "a pid namespace to join",
        "at.new('pidns-9.img', 'PIDNS', {'ext_key': 'extRootPidNS'})",
        "joins a pid namespace",
    ),
    // Mounts.
    case(
        "a writable /sys",
        "mount('/sys').update(flags=mount('/sys')['flags'] & ~1, sb_flags=0)",
        "the mount at \"/sys\" is not ro",
    ),
    case(
        "a writable /proc/sys",
        "mount('/proc/sys')['flags'] &= ~1",
        "\"/proc/sys\" is writable",
    ),
    case(
        "devices on a tmpfs",
        "mount('/scratch')['flags'] &= ~4",
        "the mount at \"/scratch\" is not nodev",
    ),
    case(
        "a mask less",
        "at(mounts).remove(mount('/proc/timer_list'))",
        "nothing protects /proc/timer_list",
    ),
    case(
        "a mask below",
        "mount('/proc/timer_list')['parent_mnt_id'] = mount('/')['mnt_id']",
        "is not on the one above it",
    ),
    case(
        "an unmasked /proc above",
        "add_mount('/proc')",
        "two mounts are at \"/proc\"",
    ),
    case(
        "an unmasked /proc elsewhere",
        "add_mount('/other')",
        "proc is mounted at \"/other\"",
    ),
    case(
        "a bind mount of any path",
        "mount('/scratch').update(source='/', sb_flags=4096)",
        "by which something else would be mounted",
    ),
    case(
        "the host's /dev",
        "add_mount('/other', fstype=3, source='devtmpfs')",
        "over /dev of this host",
    ),
    case(
        "an overlay of the host's directories",
        "add_mount('/other', fstype=17, source='overlay', options='lowerdir=/:/etc')",
        "overlay is mounted at \"/other\"",
    ),
    case(
        "a file system by its name",
        "add_mount('/other', fstype=16, fsname='ext4', source='/dev/vda')",
        "a file system named by the image is mounted at \"/other\"",
    ),
    case(
        "an automount",
        "add_mount('/other', fstype=18)",
        "autofs is mounted at \"/other\"",
    ),
    case(
        "programs for formats",
        "add_mount('/other', fstype=4)",
        "binfmt_misc is mounted at \"/other\"",
    ),
    case(
        "a source from the image",
        "mount('/dev/shm').update(ext_key='CRIU:AUTOGENERATED', source='/etc')",
        "takes its source from the image",
    ),
    case(
        "a file of the host elsewhere",
        "add_mount('/other', fstype=5, ext_key='/etc/hosts')",
        "is no mount of the container",
    ),
    case(
        "mounts that the host sees",
        "mount('/etc/hosts')['shared_id'] = 5",
        "would be seen by this host",
    ),
    case(
        "a program of the kernel's",
        "mount('/sys/fs/cgroup')['options'] = 'none,name=x,release_agent=/x'",
        "release_agent",
    ),
    case(
        "a mount beside the root",
        "mount('/scratch')['mountpoint'] = '/../../scratch'",
        "a path that leads elsewhere",
    ),
    case(
        "a plugin's mount",
        "mount('/scratch')['with_plugin'] = True",
        "made by a plugin of CRIU",
    ),
    // Files.
    case(
        "a setting of the host open for writing",
        "add_file('/proc/sys/kernel/core_pattern', 1, '/proc/sys')",
        "\"/proc/sys/kernel/core_pattern\" is open for writing on the read-only mount",
    ),
    case(
        "the same through the memory",
        "add_file('/proc/sys/kernel/core_pattern', 0, '/proc/sys'); at('mm-1.img')[0]['vmas'][0].update(shmid=9000, status=0x41, fdflags=2)",
        "mm-1.img: process 1 has file 9000 in its memory",
    ),
    case(
        "the host's kernel log",
        "add_file('/proc/kmsg', 0, '/proc')",
        "\"/proc/kmsg\" tells of the whole host",
    ),
    case(
        "a path that climbs",
        "add_file('/../../etc/shadow')",
        "leads elsewhere",
    ),
    case(
        "a file that is emptied",
        "add_file('/etc/passwd', 0x201)",
        "would be made or emptied",
    ),
    case(
        "a file from outside",
        "add_file('/etc/passwd', ext=True)",
        "is opened outside of the container",
    ),
    case(
        "a disk without a name",
        "ghost('/disk', '/', 0o060666, 254 << 8)",
        "ghost-file-1.img: it is a node of the block device 254:0",
    ),
    case(
        "the host's memory without a name",
        "ghost('/memory', '/', 0o020666, 0x101)",
        "the character device 1:1",
    ),
    case(
        "a disk in a memory file system",
        "tarball('/scratch', 'disk', BLOCK, 254, 0)",
        "disk in it is a node of the block device 254:0",
    ),
    case(
        "a file for the host, climbing",
        "ghost('/scratch/../../../etc/ghost', '/scratch', 0o100644)",
        "leads elsewhere",
    ),
    case(
        "a file for the host, by a link in a memory file system",
        "ghost('/scratch/out/ghost', '/scratch', 0o100644)",
        "\"/scratch/out/ghost\" leads through a link",
    ),
    case(
        "a file for the host, by a link in the root",
        "ghost('/out/ghost', '/', 0o100644)",
        "\"/out/ghost\" leads through a link",
    ),
    case(
        "a packet socket",
        "at('files.img')[-1]['type'] = 'PACKETSK'",
        "a packet socket, for which the container has no CAP_NET_RAW",
    ),
    case(
        "a tunnel",
        "at('files.img')[-1]['type'] = 'TUNF'",
        "a tunnel device, for which the container has no CAP_NET_ADMIN",
    ),
    case(
        "a file of a plugin",
        "at('files.img')[-1]['type'] = 'EXT'",
        "a file of kind 16",
    ),
    case(
        "a watch on any file of the disk",
        "own = {'uid': 0, 'euid': 0, 'signum': 0, 'pid_type': 0, 'pid': 0}; watch = {'id': 9, 'i_ino': 2, 'mask': 2, 'ignored_mask': 0, 's_dev': 1, 'wd': 1, 'f_handle': {'bytes': 8, 'type': 1, 'handle': [0] * 16}}; at('files.img').append({'type': 'INOTIFY', 'id': 9, 'ify': {'id': 9, 'flags': 0, 'fown': own, 'wd': [watch]}})",
        "by a handle alone",
    ),
    // The whole.
    case(
        "policies for the host's kernel",
        "at.new('apparmor.img', 'APPARMOR', {'namespaces': [{'name': 'x'}]})",
        "AppArmor policies",
    ),
    case(
        "images of another time",
        "at('inventory.img')[0]['img_version'] = 1",
        "images of version 1",
    ),
    case(
        "files in the form of another time",
        "at['reg-files.img'] = b'x'",
        "CRIU before 3.0",
    ),
    case(
        "what can't be read",
        "at['files.img'] = b'x' * 100",
        "checkpoint/files.img",
    ),
];
