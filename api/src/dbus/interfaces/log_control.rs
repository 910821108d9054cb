//! `org.freedesktop.LogControl1(5)`: what `systemctl service-log-level` asks and sets.

use tracing::Level;
use zbus::message::Header;
use zbus::{Connection, fdo, interface};

use crate::dbus::authority;
use crate::serve::LogLevel;

/// Where it is.
pub const PATH: &str = "/org/freedesktop/LogControl1";

/// The level of this process's messages.
#[derive(Debug)]
pub struct LogControl(pub LogLevel);

#[interface(name = "org.freedesktop.LogControl1", introspection_docs = false)]
impl LogControl {
    #[zbus(property(emits_changed_signal = "false"))]
    fn log_level(&self) -> &str {
        match (self.0.get)() {
            Level::ERROR => "err",
            Level::WARN => "warning",
            Level::INFO => "info",
            Level::DEBUG | Level::TRACE => "debug",
        }
    }

    #[zbus(property)]
    async fn set_log_level(
        &self,
        level: String,
        #[zbus(header)] header: Option<Header<'_>>,
        #[zbus(connection)] connection: &Connection,
    ) -> fdo::Result<()> {
        let level = match level.as_str() {
            "emerg" | "alert" | "crit" | "err" => Level::ERROR,
            "warning" => Level::WARN,
            "notice" | "info" => Level::INFO,
            "debug" => Level::DEBUG,
            other => return Err(fdo::Error::InvalidArgs(format!("{other:?} is no level"))),
        };
        let header = header.ok_or_else(|| fdo::Error::AccessDenied("nobody asks".into()))?;
        // Nobody is asked: all properties wait while one is being set.
        authority::only_root(connection, &header)
            .await
            .map_err(|refusal| fdo::Error::AccessDenied(refusal.message))?;
        (self.0.set)(level);
        Ok(())
    }

    #[zbus(property(emits_changed_signal = "false"))]
    #[expect(clippy::unused_self, reason = "a property of an object")]
    fn log_target(&self) -> &'static str {
        "console"
    }

    #[zbus(property)]
    #[expect(clippy::unused_self, reason = "a property of an object")]
    fn set_log_target(&self, target: &str) -> fdo::Result<()> {
        match target {
            "console" | "auto" => Ok(()),
            other => Err(fdo::Error::NotSupported(format!(
                "messages go to standard error, not to {other:?}"
            ))),
        }
    }

    #[zbus(property(emits_changed_signal = "const"))]
    #[expect(clippy::unused_self, reason = "a property of an object")]
    fn syslog_identifier(&self) -> &'static str {
        "cryopod"
    }
}
