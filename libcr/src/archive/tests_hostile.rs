//! Archives made to harm, header by header.

use super::*;

#[test]
fn hostile_members_are_refused() {
    let add = |name: &str, kind: u8, target: &str| {
        refusal(Raw::foreign().add(name, kind, target, b"").end())
    };
    assert_eq!(add("/etc/cron.d/x", b'0', ""), Refusal::Absolute);
    assert_eq!(add("checkpoint/../../x", b'0', ""), Refusal::Parent);
    assert_eq!(add("../x", b'5', ""), Refusal::Parent);
    assert_eq!(add("checkpoint/x\ny", b'0', ""), Refusal::Name);
    let link = |target: &str| Refusal::Link {
        target: target.into(),
    };
    assert_eq!(add("checkpoint", b'2', "/etc"), link("/etc"));
    assert_eq!(add("checkpoint/parent", b'2', "/etc"), link("/etc"));
    assert_eq!(add("ctr.log", b'1', "/etc/shadow"), link("/etc/shadow"));
    assert_eq!(
        add("checkpoint/parent", b'1', "../pre-checkpoint"),
        link("../pre-checkpoint")
    );
    for kind in *b"346SMV" {
        assert_eq!(
            add("checkpoint/x", kind, ""),
            Refusal::Type {
                kind: char::from(kind)
            }
        );
    }
    assert_eq!(add("config.dump", b'0', ""), Refusal::Duplicate);
    assert_eq!(add("./config.dump", b'0', ""), Refusal::Duplicate);
    assert_eq!(add("ctr.log", b'5', ""), Refusal::WrongKind);
    assert_eq!(
        add("container.log", b'2', "/etc/shadow"),
        link("/etc/shadow")
    );
    let logs = Raw::foreign()
        .add("ctr.log", b'0', "", b"one")
        .add("container.log", b'0', "", b"two")
        .end();
    assert_eq!(refusal(logs), Refusal::Duplicate);
    assert_eq!(add("checkpoint", b'0', ""), Refusal::WrongKind);
    assert_eq!(add("checkpoint/dir", b'5', ""), Refusal::WrongKind);
    let over = vec![b' '; (1 << 20) + 1];
    let large = Raw::foreign().add("network.status", b'0', "", &over).end();
    assert_eq!(
        refusal(large),
        Refusal::TooLarge {
            size: (1 << 20) + 1,
            limit: 1 << 20
        }
    );
}

#[test]
fn limits_hold() {
    let limited = |bytes: Vec<u8>, limits: Limits| {
        let place = Place::new();
        let reader = Reader::from_stream(Cursor::new(bytes), "test".into(), limits).unwrap();
        match reader.unpack(&place.staging("out"), Selection::default()) {
            Err(ArchiveError::Refused { refusal, .. }) => refusal,
            other => panic!("not refused: {other:?}"),
        }
    };
    let many = Raw::foreign()
        .add("a", b'0', "", b"")
        .add("b", b'0', "", b"");
    let limits = Limits {
        entries: 3,
        ..Limits::default()
    };
    assert_eq!(limited(many.end(), limits), Refusal::TooMany { limit: 3 });
    let large = Raw::foreign().add("ctr.log", b'0', "", &[0; 9000]).end();
    let limits = Limits {
        total: 8192,
        ..Limits::default()
    };
    assert!(matches!(
        limited(large, limits),
        Refusal::TooLarge { limit: 8192, .. }
    ));
    let zeros = Raw::foreign()
        .add("ctr.log", b'0', "", &vec![0; 8 << 20])
        .end();
    let bomb = zstd::encode_all(&zeros[..], 3).unwrap();
    let limits = Limits {
        ratio_from: 1 << 20,
        ..Limits::default()
    };
    assert_eq!(limited(bomb, limits), Refusal::Bomb { limit: 1000 });
    // A size that nothing follows allocates nothing.
    let mut lie = Raw::foreign().add("ctr.log", b'0', "", b"").0;
    let at = lie.len() - 512;
    let mut header = tar::Header::from_byte_slice(&lie[at..]).clone();
    header.set_size(1 << 50);
    header.set_cksum();
    lie[at..].copy_from_slice(header.as_bytes());
    let error = unpack(lie, &Place::new()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "test is truncated: it ends within ctr.log"
    );
}
