//! Which bus: `dbus:system`, `dbus:session`, or an address of D-Bus' own (`dbus:unix:path=/run/x`).

use zbus::connection::Builder;

/// A bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bus {
    /// The system's.
    System,
    /// The user's.
    Session,
    /// At an address.
    At(zbus::Address),
}

impl Bus {
    /// Reads what stands behind `dbus:`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        match text {
            "system" => Ok(Self::System),
            "session" => Ok(Self::Session),
            address => match address.parse() {
                Ok(address) => Ok(Self::At(address)),
                Err(_) => Err("it must be dbus:system, dbus:session or dbus:ADDRESS"),
            },
        }
    }

    /// What connects to it.
    ///
    /// # Errors
    /// The environment names no such bus.
    pub fn builder(&self) -> zbus::Result<Builder<'static>> {
        match self {
            Self::System => Builder::system(),
            Self::Session => Builder::session(),
            Self::At(address) => Builder::address(address.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses() {
        assert_eq!(Bus::parse("system"), Ok(Bus::System));
        assert_eq!(Bus::parse("session"), Ok(Bus::Session));
        assert!(matches!(Bus::parse("unix:path=/run/bus"), Ok(Bus::At(_))));
        for bad in ["", "sytem", "/run/bus", "unix:", "carrier:pigeon=1"] {
            assert!(Bus::parse(bad).is_err(), "{bad}");
        }
    }
}
