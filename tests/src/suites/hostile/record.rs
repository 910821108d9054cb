//! What `config.dump` asks for: names, programs and files of this host, and words that end up in
//! files which the container's neighbours read.

use serde_json::json;

use super::{Case, Honest, case};

/// Options of its attachment to the default network.
fn network(honest: &Honest, key: &str, value: serde_json::Value) -> Vec<u8> {
    honest.edited("config.dump", |config| {
        config["orderedNetworks"][0][key] = value.clone();
        config["newNetworks"]["podman"][key] = value;
    })
}

pub(super) const CASES: &[Case] = &[
    case(
        "id-that-climbs",
        "a directory elsewhere",
        "is not a container ID",
        |honest| honest.config("id", json!("../../../../var/tmp/hostile-canary")),
    ),
    case(
        "short-id",
        "an id that is the beginning of others",
        "is not a container ID",
        |honest| honest.config("id", json!("ab")),
    ),
    case(
        "name-with-a-slash",
        "a file elsewhere",
        "names must match",
        |honest| honest.config("name", json!("../evil")),
    ),
    case(
        "name-with-a-line-break",
        "a second line in /etc/hosts",
        "name is no name",
        |honest| honest.config("name", json!("a\n10.0.0.1 bank")),
    ),
    case(
        "name-with-escape-codes",
        "a name that colours the terminal",
        "name is no name",
        |honest| honest.config("name", json!("a\u{1b}[31m")),
    ),
    case(
        "name-of-a-megabyte",
        "a name that fills every table",
        "name is no name",
        |honest| honest.config("name", json!("a".repeat(1 << 20))),
    ),
    case(
        "program-for-a-runtime",
        "run a program of this host",
        "created with runtime '/bin/sh'",
        |honest| honest.config("runtime", json!("/bin/sh")),
    ),
    case(
        "runtime-with-a-line-break",
        "a message that looks like ours",
        "runtime is no name",
        |honest| honest.config("runtime", json!("crun\nError: all is well")),
    ),
    case(
        "directory-for-a-root",
        "this host's / as the root file system",
        "ran on the directory / of its host",
        |honest| honest.config("rootfs", json!("/")),
    ),
    case(
        "pod",
        "join a pod of this host",
        "cannot restore pod container",
        |honest| honest.config("pod", json!("a".repeat(64))),
    ),
    case(
        "dependencies",
        "share namespaces of a container here",
        "containers with dependencies",
        |honest| honest.config("Dependencies", json!(["a".repeat(64)])),
    ),
    case(
        "unknown-image",
        "an image that is not here, to be fetched from anywhere",
        "is not on this host",
        |honest| {
            honest.edited("config.dump", |config| {
                config["rootfsImageID"] = json!("a".repeat(64));
                config["rootfsImageName"] = json!("evil.example/x:1");
            })
        },
    ),
    case(
        "image-with-escape-codes",
        "a name that moves the cursor in `ps`",
        "rootfsImageName is no name",
        |honest| honest.config("rootfsImageName", json!("x\u{1b}[2J")),
    ),
    case(
        "hosts-with-a-line-break",
        "a host of its own choice in /etc/hosts",
        "hostsAdd has an entry",
        |honest| honest.config("hostsAdd", json!(["a\n10.0.0.1 bank:1.1.1.1"])),
    ),
    case(
        "name-server-with-a-line-break",
        "options of its own in resolv.conf",
        "dnsServer has an entry",
        |honest| honest.config("dnsServer", json!(["1.1.1.1\noptions ndots:15"])),
    ),
    case(
        "alias-with-a-line-break",
        "a line in the file of the name server that neighbours ask",
        "has an alias that is no name",
        |honest| network(honest, "aliases", json!(["a\nffff 10.88.0.1  bank"])),
    ),
    case(
        "interface-that-climbs",
        "a path for a name",
        "has an interface name",
        |honest| network(honest, "interface_name", json!("../../all")),
    ),
    case(
        "address-that-is-none",
        "words for an address",
        "static address that is none",
        |honest| network(honest, "static_ips", json!(["10.88.0.300"])),
    ),
    case("mac-that-is-none", "words for a MAC", "x y z", |honest| {
        network(honest, "static_mac", json!("x y z"))
    }),
    case(
        "network-that-climbs",
        "a file elsewhere as the network's",
        "name no network can have",
        |honest| {
            honest.edited("config.dump", |config| {
                config["orderedNetworks"] = json!([{"name": "../../../var/tmp/x"}]);
                config["newNetworks"] = json!({"../../../var/tmp/x": {}});
            })
        },
    ),
    case(
        "network-that-is-not-here",
        "a network that would have to be made",
        "nowhere",
        |honest| {
            honest.edited("config.dump", |config| {
                config["orderedNetworks"] = json!([{"name": "nowhere"}]);
                config["newNetworks"] = json!({"nowhere": {}});
            })
        },
    ),
    case(
        "ports-beyond-the-last",
        "numbers that wrap around",
        "beyond the last port",
        |honest| {
            honest.config("newPortMappings", json!([{"container_port": 65535, "host_port": 65535, "range": 65535, "protocol": "tcp"}]))
        },
    ),
    case(
        "more-ports-than-there-are",
        "descriptors for a million ports",
        "more ports than there are",
        |honest| {
            let all =
                json!({"container_port": 1, "host_port": 1, "range": 60000, "protocol": "udp"});
            honest.config("newPortMappings", json!(vec![all; 20]))
        },
    ),
    case(
        "port-of-a-name",
        "words for an address to listen on",
        "address that is none",
        |honest| {
            honest.config("newPortMappings", json!([{"host_ip": "a b", "container_port": 1, "host_port": 1, "range": 1, "protocol": "tcp"}]))
        },
    ),
    case(
        "unknown-protocol",
        "words for a protocol",
        "unknown protocol",
        |honest| {
            honest.config(
                "newPortMappings",
                json!([{"container_port": 1, "host_port": 1, "range": 1, "protocol": "tcp\nudp"}]),
            )
        },
    ),
    case(
        "dev-shm-of-an-exabyte",
        "all memory of this host",
        "more than half of this host's memory",
        |honest| honest.config("shmSize", json!(1_u64 << 60)),
    ),
    case(
        "volume-that-climbs",
        "a volume's directory elsewhere",
        "names must match",
        |honest| {
            honest.config(
                "namedVolumes",
                json!([{"volumeName": "../../../../etc", "dest": "/data", "options": []}]),
            )
        },
    ),
    case(
        "volume-mounted-above",
        "a volume over what is not its container's",
        "mounts volume v at \"/../etc\"",
        |honest| {
            honest.config(
                "namedVolumes",
                json!([{"volumeName": "v", "dest": "/../etc", "options": []}]),
            )
        },
    ),
    case(
        "part-of-a-volume",
        "a link in a volume, followed on this host",
        "only whole volumes",
        |honest| {
            honest.config(
                "namedVolumes",
                json!([{"volumeName": "v", "dest": "/data", "options": [], "SubPath": "link"}]),
            )
        },
    ),
    case(
        "volume-twice",
        "two volumes at one place",
        "duplicate mount destination",
        |honest| {
            let volume = json!({"volumeName": "v", "dest": "/data", "options": []});
            honest.config("namedVolumes", json!([volume, volume]))
        },
    ),
    case(
        "health-check-that-is-none",
        "a check of another type",
        "health check that is none",
        |honest| honest.config("healthcheck", json!({"Test": {"CMD": "x"}})),
    ),
];
