//! Names of objects: everything below `/org/cryopod/engine1`, ids escaped as systemd does
//! (`sd_bus_path_encode(3)`).

use std::fmt::Write;

use zbus::zvariant::{ObjectPath, OwnedObjectPath};

/// The manager's path.
pub const ROOT: &str = "/org/cryopod/engine1";

/// A container's path.
pub fn container(id: &str) -> OwnedObjectPath {
    below("container", id)
}

/// A named checkpoint's path.
pub fn checkpoint(id: &str) -> OwnedObjectPath {
    below("checkpoint", id)
}

/// A transfer's path.
pub fn transfer(number: u32) -> OwnedObjectPath {
    below("transfer", &number.to_string())
}

/// No object.
pub fn none() -> OwnedObjectPath {
    ObjectPath::from_static_str_unchecked("/").into()
}

fn below(kind: &str, id: &str) -> OwnedObjectPath {
    let path = format!("{ROOT}/{kind}/{}", escaped(id));
    // Escaped, it is one.
    ObjectPath::from_string_unchecked(path).into()
}

/// Letters and digits stay, but for a digit at the beginning; all else is `_xx`.
fn escaped(text: &str) -> String {
    if text.is_empty() {
        return "_".into();
    }
    let mut escaped = String::with_capacity(text.len() + 2);
    for (place, byte) in text.bytes().enumerate() {
        let stays = byte.is_ascii_alphabetic() || place > 0 && byte.is_ascii_digit();
        if stays {
            escaped.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(escaped, "_{byte:02x}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_an_id_holds_the_path_is_one() {
        for (id, end) in [
            ("0a1", "_30a1"),
            ("a01", "a01"),
            ("", "_"),
            ("../x y", "_2e_2e_2fx_20y"),
            ("ä", "_c3_a4"),
        ] {
            let path = container(id);
            assert_eq!(path.as_str(), format!("{ROOT}/container/{end}"));
            assert!(ObjectPath::try_from(path.as_str()).is_ok(), "{path}");
        }
        assert_eq!(transfer(7).as_str(), "/org/cryopod/engine1/transfer/_37");
    }
}
