//! Which bus: `dbus:system`, `dbus:session`, or an address of D-Bus' own (`dbus:unix:path=/run/x`).

use zbus::Address;
use zbus::connection::Builder;

use super::socket::BusSocket;

/// A bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bus {
    /// The system's.
    System,
    /// The user's.
    Session,
    /// At an address.
    At(Address),
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

    /// Connects to it.
    ///
    /// # Errors
    /// The environment names no such bus, or nobody is there.
    pub fn builder(&self) -> zbus::Result<Builder<'static>> {
        let address = match self {
            Self::System => Address::system(),
            Self::Session => Address::session(),
            Self::At(address) => Ok(address.clone()),
        }?;
        let socket = BusSocket::connect(&address);
        let socket = socket.map_err(|error| {
            let reason = format!("no bus answers at {address}: {error}");
            zbus::Error::Failure(reason)
        })?;
        Ok(Builder::socket(socket))
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
