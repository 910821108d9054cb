//! MAC addresses: parsed as Go's `net.ParseMAC` does for the 48-bit forms, written in lower case with
//! colons, and made up at random (locally administered, unicast) when none is asked for.

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::str::FromStr;

use crate::error::Error;

/// A unicast 48-bit MAC address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MacAddress([u8; 6]);

impl MacAddress {
    /// A random locally administered address (second bit of the first octet set, first bit clear).
    pub fn random() -> Result<Self, Error> {
        let mut octets = random::<6>()?;
        octets[0] = (octets[0] & 0b1111_1100) | 0b10;
        Ok(Self(octets))
    }

    /// The six octets.
    pub fn octets(self) -> [u8; 6] {
        self.0
    }
}

/// So many random octets.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut octets = [0; N];
    let source = "/dev/urandom";
    File::open(source)
        .and_then(|mut file| file.read_exact(&mut octets))
        .map_err(Error::io("read", source))?;
    Ok(octets)
}

impl FromStr for MacAddress {
    type Err = Error;

    /// Accepts `aa:bb:cc:dd:ee:ff`, `aa-bb-cc-dd-ee-ff` and `aabb.ccdd.eeff`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let invalid = || Error::MacInvalid {
            text: text.to_owned(),
        };
        let (separator, count) = match text.as_bytes().get(2) {
            Some(b':') => (':', 6),
            Some(b'-') => ('-', 6),
            _ => ('.', 3),
        };
        let groups: Vec<&str> = text.split(separator).collect();
        let digits: String = groups.concat();
        let even = groups.iter().all(|group| group.len() == 12 / count);
        if groups.len() != count || !even || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(invalid());
        }
        let mut octets = [0; 6];
        for (octet, index) in octets.iter_mut().zip((0..12).step_by(2)) {
            *octet = u8::from_str_radix(&digits[index..index + 2], 16).map_err(|_| invalid())?;
        }
        if octets[0] & 1 == 1 || octets == [0; 6] {
            return Err(Error::MacNotUnicast {
                text: text.to_owned(),
            });
        }
        Ok(Self(octets))
    }
}

impl fmt::Display for MacAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, octet) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { ":" };
            write!(f, "{separator}{octet:02x}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_forms() {
        for text in ["92:D0:c6:0a:29:38", "92-d0-c6-0a-29-38", "92d0.c60a.2938"] {
            assert_eq!(
                text.parse::<MacAddress>().unwrap().to_string(),
                "92:d0:c6:0a:29:38"
            );
        }
    }

    #[test]
    fn refuses() {
        for text in [
            "",
            "zz",
            "92:d0:c6:0a:29",
            "92:d0:c6:0a:29:38:00",
            "9:2d0:c6:0a:29:38",
            "92:d0-c6:0a:29:38",
            "92:d0:c6:0a:29:é",
            "+2:d0:c6:0a:29:38",
        ] {
            let error = text.parse::<MacAddress>().unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("address {text}: invalid MAC address")
            );
        }
        for text in ["01:00:00:00:00:01", "00:00:00:00:00:00"] {
            assert!(matches!(
                text.parse::<MacAddress>(),
                Err(Error::MacNotUnicast { .. })
            ));
        }
    }

    #[test]
    fn random_is_local_and_unicast() {
        for _ in 0..64 {
            let mac = MacAddress::random().unwrap();
            assert_eq!(mac.octets()[0] & 0b11, 0b10);
            assert_eq!(mac.to_string().parse::<MacAddress>().unwrap(), mac);
        }
    }
}
