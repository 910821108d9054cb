//! Members that should be JSON.

use serde_json::json;

use super::tape::{file, tar};
use super::{Case, Honest, case};

/// The configuration with a part of its text replaced.
fn text(honest: &Honest, change: impl FnOnce(String) -> Vec<u8>) -> Vec<u8> {
    honest.with(
        "config.dump",
        change(honest.json("config.dump").to_string()),
    )
}

/// The configuration with one more key, which may be no JSON.
fn key(honest: &Honest, more: &[u8]) -> Vec<u8> {
    text(honest, |text| {
        let open = text.trim_end().trim_end_matches('}');
        [open.as_bytes(), b",", more, b"}"].concat()
    })
}

pub(super) const CASES: &[Case] = &[
    case(
        "deep-configuration",
        "lists in lists, 100 000 deep",
        "cannot read config.dump",
        |honest| honest.with("config.dump", "[".repeat(100_000)),
    ),
    case(
        "deep-unknown-key",
        "the same where nobody looks",
        "cannot read config.dump",
        |honest| {
            key(
                honest,
                format!("\"new\":{}", "{\"a\":".repeat(100_000)).as_bytes(),
            )
        },
    ),
    case(
        "deep-specification",
        "the same in the specification",
        "cannot read spec.dump",
        |honest| honest.with("spec.dump", "{\"a\":".repeat(100_000)),
    ),
    case(
        "deep-manifest",
        "the same in our manifest",
        "cannot read cryopod.json",
        |honest| {
            let mut members = honest.podmans();
            members.insert(0, file("cryopod.json", "[".repeat(100_000)));
            tar(&members)
        },
    ),
    case(
        "number-of-400-digits",
        "a number that no type holds",
        "cannot read config.dump",
        |honest| key(honest, format!("\"shm\":{}", "9".repeat(400)).as_bytes()),
    ),
    case(
        "number-that-is-too-large",
        "a size beyond 64 bits",
        "cannot read config.dump",
        |honest| honest.edited("config.dump", |config| config["shmSize"] = json!(u64::MAX)),
    ),
    case(
        "same-key-twice",
        "one value for the check, another for the use",
        "duplicate field `id`",
        |honest| key(honest, format!("\"id\":\"{}\"", "a".repeat(64)).as_bytes()),
    ),
    case(
        "other-types",
        "a number for the id",
        "invalid type: integer `5`",
        |honest| honest.config("id", json!(5)),
    ),
    case(
        "list-of-a-million-labels",
        "memory for what is no label",
        "invalid type: sequence",
        |honest| honest.config("labels", json!(vec![0; 1_000_000])),
    ),
    case(
        "text-that-is-no-text",
        "bytes that are not UTF-8",
        "cannot read config.dump",
        |honest| key(honest, b"\"user\":\"\xff\xfe\""),
    ),
    case(
        "byte-order-mark",
        "a mark before the text",
        "cannot read config.dump",
        |honest| text(honest, |text| format!("\u{feff}{text}").into_bytes()),
    ),
    case(
        "more-after-the-text",
        "a second text",
        "trailing characters",
        |honest| text(honest, |text| text.repeat(2).into_bytes()),
    ),
    case(
        "zero-bytes-after-the-text",
        "what C programs don't see",
        "trailing characters",
        |honest| text(honest, |text| format!("{text}\0\0").into_bytes()),
    ),
    case(
        "word-of-a-megabyte",
        "a message of a megabyte",
        "runtime is no name",
        |honest| honest.config("runtime", json!("x".repeat(1 << 20))),
    ),
    case(
        "specification-that-is-a-list",
        "no object",
        "is not a Linux container's",
        |honest| honest.with("spec.dump", "[]"),
    ),
    case(
        "process-that-is-a-word",
        "a word where members are read",
        "is not a Linux container's",
        |honest| honest.spec("", "process", json!("x")),
    ),
    case(
        "resources-that-are-a-word",
        "a word where members are written",
        "\"resources\" that is none",
        |honest| honest.spec("/linux", "resources", json!("x")),
    ),
    case(
        "capabilities-that-are-a-word",
        "one word for a list",
        "capabilities that are none",
        |honest| {
            honest.spec(
                "/process",
                "capabilities",
                json!({"Bounding": "CAP_SYS_ADMIN"}),
            )
        },
    ),
    case(
        "mount-that-is-a-number",
        "two million mounts",
        "a mount that is none",
        |honest| honest.spec("", "mounts", json!(vec![0; 2_000_000])),
    ),
    case(
        "options-that-are-a-word",
        "options that only one runtime reads",
        "options of its mount at \"/x\" that are none",
        |honest| honest.mount(json!({"destination": "/x", "type": "tmpfs", "options": "rw"})),
    ),
];
