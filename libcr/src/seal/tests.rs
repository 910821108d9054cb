//! Age streams, headers of strangers, signatures, and words that are secrets.

use std::fs;
use std::io::{BufReader, Cursor, Read, Write};

use super::*;

fn key() -> (String, String) {
    use age::secrecy::ExposeSecret;
    let key = age::x25519::Identity::generate();
    let secret = key.to_string();
    (
        secret.expose_secret().to_owned(),
        key.to_public().to_string(),
    )
}

fn sealed(recipients: &Recipients, bytes: &[u8]) -> Vec<u8> {
    let mut envelope = recipients.envelope(Vec::new()).unwrap();
    envelope.write_all(bytes).unwrap();
    envelope.finish().unwrap()
}

fn opened(sealed: &[u8], keys: &Keys) -> Result<io::Result<Vec<u8>>, Locked> {
    let source = BufReader::new(Cursor::new(sealed.to_vec()));
    let mut stream = unlock(source, keys)?;
    let mut bytes = Vec::new();
    Ok(stream.read_to_end(&mut bytes).map(|_| bytes))
}

#[test]
fn only_the_right_key_opens_and_only_what_is_whole() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = directory.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let ((secret, public), (other, _)) = (key(), key());
    let recipients = Recipients::read(&[file("to", &format!("# me\n{public}\n"))]).unwrap();
    let keys = Keys::read(&[file("other", &other), file("key", &secret)]).unwrap();
    let bytes = vec![7; 200_000];
    let whole = sealed(&recipients, &bytes);
    assert!(whole.starts_with(MAGIC));
    assert_eq!(opened(&whole, &keys).unwrap().unwrap(), bytes);
    let other = Keys::read(&[file("other", &other)]).unwrap();
    assert!(matches!(opened(&whole, &other), Err(Locked::WrongKey(_))));
    let Err(Locked::NoKey(words)) = opened(&whole, &Keys::default()) else {
        panic!("opened");
    };
    assert_eq!(words, "1 recipient (X25519)");
    let header = whole.windows(4).position(|four| four == b"--- ").unwrap() + 48;
    let full = header + 16 + 65_552;
    for cut in [0, 10, 40, header - 20, header + 3, full, whole.len() - 1] {
        let read = opened(&whole[..cut], &keys);
        assert!(matches!(read, Err(Locked::Cut) | Ok(Err(_))), "{cut}");
    }
    for flip in [60, header - 2, header + 4, full - 1, whole.len() - 1] {
        let mut bad = whole.clone();
        bad[flip] ^= 1;
        assert!(!matches!(opened(&bad, &keys), Ok(Ok(_))), "{flip}");
    }
    let mut more = whole.clone();
    more.push(0);
    assert!(opened(&more, &keys).unwrap().is_err());
    assert_eq!(sealed(&Recipients::default(), b"plain"), b"plain");
}

#[test]
fn headers_have_bounds() {
    let start = b"age-encryption.org/v1\n".to_vec();
    let endless = [start.clone(), b"-> x\n\n".repeat(1 << 20)].concat();
    let long = [start.clone(), vec![b'x'; 1 << 20]].concat();
    let scrypt = [
        &start[..],
        b"-> scrypt 6b1ooTjFKKLqcE0ooIMMAA 63\nC3ZAeY64NXS4QFrksLm3EGz+uPRyI0eQsWw7LWbbYig\n",
        b"--- fgMiVLJHMlg9fW7CVG/hPS5EAU4Zeg19LyCP7SoH5nA\n0123456789abcdef",
    ];
    let open = |bytes: &[u8]| opened(bytes, &Keys::default()).map(drop);
    for (bytes, words) in [(&endless, "256 recipients"), (&long, "64 KiB")] {
        let Err(Locked::Damaged(why)) = open(bytes) else {
            panic!("opened");
        };
        assert!(why.contains(words), "{why}");
    }
    assert!(matches!(open(&scrypt.concat()), Err(Locked::Passphrase)));
}

#[test]
fn secrets_are_not_repeated() {
    let (secret, public) = key();
    let words = |word: &str| vec![word.to_owned()];
    let errors = [
        Keys::read(&words(&secret.to_lowercase())).unwrap_err(),
        Recipients::read(&words(&secret)).unwrap_err(),
        Recipients::read(&words(&format!("@{secret}"))).unwrap_err(),
        PublicKeys::read("--verify-with", &words("RWRTY0Iyabc")).unwrap_err(),
        SigningKey::read("RWQAAEIyabc", None).unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(error, SealError::Exposed { .. }), "{error}");
        let text = error.to_string();
        assert!(!text.contains("abc") && !text.contains(&secret), "{text}");
    }
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys");
    fs::write(&path, format!("{secret}\nmistyped-secret\n")).unwrap();
    let path = path.display().to_string();
    let errors = [
        Keys::read(&words(&path)).unwrap_err().to_string(),
        Recipients::read(&words(&path)).unwrap_err().to_string(),
        PublicKeys::read("--verify-with", &words(&path))
            .unwrap_err()
            .to_string(),
        SigningKey::read(&path, None).unwrap_err().to_string(),
    ];
    for text in errors {
        assert!(!text.contains("mistyped") && !text.contains(&secret));
        assert!(text.contains(&path), "{text}");
    }
    assert!(Recipients::read(&words(&public)).is_ok());
    let text = Recipients::read(&words("ssh-ed25519 AAAA"))
        .unwrap_err()
        .to_string();
    assert!(text.contains("age-keygen"), "{text}");
}

#[test]
fn signatures_are_of_bytes_and_keys() {
    let directory = tempfile::tempdir().unwrap();
    let make = |name: &str| {
        let pair = minisign::KeyPair::generate_unencrypted_keypair().unwrap();
        let path = directory.path().join(name);
        fs::write(&path, pair.sk.to_box(None).unwrap().into_string()).unwrap();
        (path.display().to_string(), pair.pk.to_base64())
    };
    let ((mine, public), (_, strange)) = (make("mine"), make("strange"));
    let keys = |word: &str| PublicKeys::read("--verify-with", &[word.to_owned()]).unwrap();
    let key = SigningKey::read(&mine, None).unwrap();
    let bytes = key.sign(b"sums", "container=a name=web").unwrap();
    let signature = Signature::parse(&bytes).unwrap();
    assert_eq!(signature.comment(), "container=a name=web");
    let id = signature.key_id();
    assert_eq!(
        signature.judge(b"sums", &keys(&public)),
        Verdict::Right(id.clone())
    );
    assert_eq!(
        signature.judge(b"sumz", &keys(&public)),
        Verdict::Wrong(id.clone())
    );
    assert_eq!(
        signature.judge(b"sums", &keys(&strange)),
        Verdict::UnknownKey(id.clone())
    );
    let text = String::from_utf8(bytes.clone()).unwrap();
    let comment = text.replace("name=web", "name=wed");
    let comment = Signature::parse(comment.as_bytes()).unwrap();
    assert_eq!(comment.judge(b"sums", &keys(&public)), Verdict::Wrong(id));
    for end in 0..bytes.len() {
        assert!(Signature::parse(&bytes[..end]).is_none(), "{end}");
    }
    assert!(Signature::parse(&[&bytes[..], b"more\n"].concat()).is_none());
}
