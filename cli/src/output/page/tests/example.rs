//! An ordinary checkpoint, and one of the same container an hour later.

use std::collections::BTreeMap;

use libcr::model::checkpoint::DumpStatistics;
use libcr::model::shown::{
    Container, Memory, Moment, Mount, Network, OpenFile, Origin, Process, SharedMemory, Shown,
    Sizes, Socket, Volume,
};

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

fn memory(kinds: &[(&str, u64, u64)]) -> BTreeMap<String, Memory> {
    kinds
        .iter()
        .map(|(kind, mapped, stored)| {
            let (mapped, stored) = (mapped * 4096, stored * 4096);
            ((*kind).to_owned(), Memory { mapped, stored })
        })
        .collect()
}

fn file(fd: u32, kind: &str, path: &str, position: Option<u64>) -> OpenFile {
    OpenFile {
        fd,
        kind: kind.into(),
        path: path.into(),
        position,
        deleted: false,
    }
}

fn socket(fd: u32, kind: &str, state: &str, local: &str, remote: &str) -> Socket {
    Socket {
        fd,
        kind: kind.into(),
        state: state.into(),
        local: local.into(),
        remote: remote.into(),
    }
}

fn process(
    pid: u32,
    parent: u32,
    command: &str,
    line: &str,
    kinds: &[(&str, u64, u64)],
) -> Process {
    Process {
        pid,
        parent,
        group: pid,
        session: 1,
        command: command.into(),
        arguments: words(line),
        state: "running".into(),
        threads: 1,
        user: 999,
        group_id: 999,
        executable: format!("/usr/lib/postgresql/17/bin/{command}"),
        working_directory: "/var/lib/postgresql/data".into(),
        environment: None,
        memory: memory(kinds),
        files: vec![
            file(0, "file", "/dev/null", Some(0)),
            file(1, "pipe", "pipe:[81723]", None),
            file(2, "pipe", "pipe:[81724]", None),
        ],
        sockets: vec![],
    }
}

/// A database with its children, a helper, a zombie.
pub(super) fn checkpoint() -> Shown {
    let worker = [
        ("heap", 420, 380),
        ("stack", 33, 9),
        ("anonymous", 64, 30),
        ("file", 6200, 140),
        ("shared", 36_000, 0),
        ("vdso", 4, 2),
    ];
    let mut first = process(
        1,
        0,
        "postgres",
        "postgres -c shared_buffers=128MB -c max_connections=40",
        &[
            ("heap", 1200, 1100),
            ("stack", 33, 12),
            ("anonymous", 300, 260),
            ("file", 6200, 900),
            ("shared", 36_000, 0),
            ("vdso", 4, 2),
        ],
    );
    first.sockets = vec![
        socket(5, "tcp", "listening", "0.0.0.0:5432", ""),
        socket(6, "unix", "listening", "/run/postgresql/.s.PGSQL.5432", ""),
    ];
    first.environment = Some(words(
        "PGDATA=/var/lib/postgresql/data LANG=C.UTF-8 HOSTNAME=db-1",
    ));
    let mut backend = process(
        61,
        1,
        "postgres",
        "postgres: app orders 10.88.0.7(51614) idle",
        &worker,
    );
    backend.memory = memory(&[
        ("heap", 9400, 9100),
        ("stack", 64, 22),
        ("anonymous", 4200, 3900),
        ("file", 6300, 210),
        ("shared", 36_000, 0),
        ("vdso", 4, 2),
    ]);
    backend.sockets = vec![socket(
        9,
        "tcp",
        "established",
        "10.88.0.5:5432",
        "10.88.0.7:51614",
    )];
    backend.files.push(OpenFile {
        deleted: true,
        ..file(
            12,
            "file",
            "/var/lib/postgresql/data/base/pgsql_tmp/pgsql_tmp61.0",
            Some(1_310_720),
        )
    });
    backend.threads = 3;
    let mut archiver = process(
        70,
        1,
        "pg_archive.sh",
        "/bin/sh /usr/local/bin/pg_archive.sh --to 'the vault'",
        &[
            ("heap", 40, 22),
            ("stack", 33, 4),
            ("file", 480, 31),
            ("vdso", 4, 2),
        ],
    );
    archiver.executable = "/bin/dash".into();
    archiver.state = "stopped".into();
    let mut gone = process(74, 70, "gzip", "", &[]);
    gone.state = "zombie".into();
    gone.arguments.clear();
    gone.files.clear();
    let mut zstd = process(
        75,
        70,
        "zstd",
        "zstd -T2 -19 --long=27 -o /backup/base.tar.zst",
        &[
            ("heap", 300, 250),
            ("anonymous", 52_000, 21_400),
            ("stack", 33, 5),
            ("file", 700, 40),
        ],
    );
    zstd.threads = 3;
    Shown {
        source: "/var/backups/orders-db-2026-11-22.tar.zst".into(),
        origin: origin(),
        seal: libcr::model::shown::Seal::default(),
        container: container(),
        timeline: timeline(&[
            ("asked", "2026-11-22T20:59:58.104211Z"),
            ("frozen", "2026-11-22T20:59:58.131840Z"),
            ("dumped", "2026-11-22T20:59:58.519027Z"),
            ("captured", "2026-11-22T20:59:58.547311Z"),
            ("written", "2026-11-22T20:59:59.402655Z"),
        ]),
        statistics: Some(DumpStatistics {
            freezing_time: 1204,
            frozen_time: 381_220,
            memdump_time: 201_877,
            memwrite_time: 150_321,
            pages_scanned: 241_003,
            pages_written: 54_375,
        }),
        sizes: Sizes {
            archive: 96_240_112,
            memory: 222_720_000,
            images: 223_366_188,
            rootfs_diff: 12_401_664,
            dev_shm: 1_060_864,
            volumes: 48_234_496,
            log: 20_112,
        },
        processes: vec![
            first,
            process(27, 1, "postgres", "postgres: checkpointer", &worker),
            process(28, 1, "postgres", "postgres: background writer", &worker),
            process(30, 1, "postgres", "postgres: walwriter", &worker),
            process(31, 1, "postgres", "postgres: autovacuum launcher", &worker),
            backend,
            archiver,
            gone,
            zstd,
        ],
        shared_memory: vec![SharedMemory {
            processes: vec![1, 27, 28, 30, 31, 61],
            memory: Memory {
                mapped: 147_456_000,
                stored: 61_440_000,
            },
        }],
        mounts: mounts(),
        volumes: vec![
            Volume {
                name: "orders-data".into(),
                destination: "/var/lib/postgresql/data".into(),
                size: Some(48_234_496),
            },
            Volume {
                name: "vault".into(),
                destination: "/backup".into(),
                size: None,
            },
        ],
        networks: vec![Network {
            name: "podman".into(),
            interface: "eth0".into(),
            addresses: words("10.88.0.5/16 fd00:88::5/64"),
            mac: "8a:31:0f:77:c0:12".into(),
        }],
        changed_files: Some(17),
        deleted_files: vec![
            "/tmp/init.lock".into(),
            "/var/cache/apt/pkgcache.bin".into(),
        ],
        unclear: vec![
            "checkpoint/tty-info.img: an entry of a kind that is not known, at offset 20".into(),
        ],
    }
}

/// The same, later: a backend went, one came, memory grew.
pub(super) fn later() -> Shown {
    let mut shown = checkpoint();
    shown.source = "/var/backups/orders-db-2026-11-23.tar.zst".into();
    shown.timeline = timeline(&[
        ("asked", "2026-11-22T21:59:58.104211Z"),
        ("frozen", "2026-11-22T21:59:58.111840Z"),
        ("dumped", "2026-11-22T21:59:58.119027Z"),
        ("captured", "2026-11-22T21:59:58.119311Z"),
        ("written", "2026-11-22T22:00:04.402655Z"),
    ]);
    shown.origin.kernel = "6.12.57-amd64".into();
    let mut processes = shown.processes;
    processes.retain(|process| process.command != "gzip");
    let backend = &mut processes[5];
    backend.arguments = words("postgres: app orders 10.88.0.7(51614) SELECT");
    backend.threads = 4;
    backend.memory = memory(&[
        ("heap", 12_400, 12_000),
        ("stack", 64, 22),
        ("file", 6300, 200),
    ]);
    backend.files[3].position = Some(2_621_440);
    backend.files.push(file(
        13,
        "file",
        "/var/lib/postgresql/data/base/5/16402",
        Some(0),
    ));
    backend.sockets[0].remote = "10.88.0.9:40222".into();
    processes.push(process(
        90,
        1,
        "postgres",
        "postgres: app orders 10.88.0.8(40100) idle",
        &[("heap", 420, 380)],
    ));
    shown.processes = processes;
    shown.sizes.memory -= 1_880_000;
    shown.sizes.images -= 1_880_000;
    shown.sizes.archive += 2_110_000;
    shown.shared_memory[0].memory.stored += 1_000_000;
    shown.mounts[1].options.push("ro".into());
    shown.deleted_files.push("/etc/motd".into());
    shown.unclear.clear();
    shown
}

fn timeline(moments: &[(&str, &str)]) -> Vec<Moment> {
    moments
        .iter()
        .map(|(what, at)| Moment {
            what: (*what).into(),
            at: (*at).into(),
        })
        .collect()
}

fn origin() -> Origin {
    Origin {
        engine: "cryopod".into(),
        engine_version: "0.1.0".into(),
        format_version: Some(1),
        runtime: "crun".into(),
        runtime_version: "crun version 1.25".into(),
        criu: "4.2.1".into(),
        kernel: "6.12.48+deb13-amd64".into(),
        architecture: "amd64".into(),
        cgroup_version: 2,
        needs: words("--tcp-established --file-locks"),
    }
}

fn container() -> Container {
    Container {
        id: "3f1c9a0d".repeat(8),
        name: "orders-db".into(),
        image: "docker.io/library/postgres:17-bookworm".into(),
        image_id: "c0ffee42".repeat(8),
        image_inside: String::new(),
        created: "2026-11-20T08:12:44.018233Z".into(),
        command: words("postgres -c shared_buffers=128MB -c max_connections=40"),
        hostname: "db-1".into(),
    }
}

fn mounts() -> Vec<Mount> {
    [
        ("/proc", "proc", "proc", "nosuid,noexec,nodev"),
        (
            "/dev/shm",
            "bind",
            "/var/lib/cryopod/containers/3f1c/shm",
            "rprivate",
        ),
        (
            "/var/lib/postgresql/data",
            "bind",
            "/var/lib/cryopod/volumes/orders-data/_data",
            "rbind",
        ),
        (
            "/backup",
            "bind",
            "/var/lib/cryopod/volumes/vault/_data",
            "rbind,nosuid",
        ),
        (
            "/etc/resolv.conf",
            "bind",
            "/var/lib/cryopod/containers/3f1c/resolv.conf",
            "rprivate",
        ),
    ]
    .map(|(destination, kind, source, options)| Mount {
        destination: destination.into(),
        kind: kind.into(),
        source: source.into(),
        options: options.split(',').map(str::to_owned).collect(),
    })
    .into()
}
