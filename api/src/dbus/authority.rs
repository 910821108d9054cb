//! Who may do what. Root may do anything; everybody else what polkit says, where it is on the bus. On
//! a bus without it root alone may, and who runs the service itself (a session bus).
//!
//! Only the system's bus keeps polkit's name for polkit; on others anybody may take it. So who has it
//! is asked only if it can't be the caller, or a person at all.

use std::collections::HashMap;
use std::sync::Arc;

use zbus::Connection;
use zbus::message::{Flags, Header};
use zbus::zvariant::Value;

use super::refusal::{ACCESS_DENIED, ASK, Answer, Refusal};
use super::work::turns::Turns;

const POLKIT: &str = "org.freedesktop.PolicyKit1";
const BUS: &str = "org.freedesktop.DBus";
/// Users of this host from here on are persons (`UID_MIN` of login.defs(5)); polkit is none.
const PERSONS: u32 = 1000;

/// What polkit is asked about: an action each in `contrib/dbus/org.cryopod.engine1.policy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Configurations and logs are read, which may hold secrets.
    Inspect,
    /// Containers are made, started, ended, removed; images too.
    Manage,
    /// A container is frozen on this host; checkpoints are named and removed.
    Checkpoint,
    /// A container is thawed, or made of an archive.
    Restore,
    /// A container's memory leaves the engine.
    Export,
}

impl Action {
    /// Its name for polkit.
    pub fn id(self) -> &'static str {
        match self {
            Self::Inspect => "org.cryopod.engine1.inspect",
            Self::Manage => "org.cryopod.engine1.manage",
            Self::Checkpoint => "org.cryopod.engine1.checkpoint",
            Self::Restore => "org.cryopod.engine1.restore",
            Self::Export => "org.cryopod.engine1.export",
        }
    }
}

/// The name of a caller's connection, which no other one ever has on this bus.
///
/// # Errors
/// [`ACCESS_DENIED`] for a message without one: no bus stands between.
pub fn caller(header: &Header<'_>) -> Answer<String> {
    header
        .sender()
        .map(ToString::to_string)
        .ok_or_else(|| Refusal::new(ACCESS_DENIED, "the caller has no name"))
}

/// Whether the caller of a method may do something with `subject` (a name or an id).
///
/// # Errors
/// [`ACCESS_DENIED`]; [`ASK`] where a person could agree and the caller has not allowed to ask;
/// [`LIMITS`](super::refusal::LIMITS) when too many of its calls wait for that already.
pub async fn allow(
    asking: &Arc<Turns>,
    connection: &Connection,
    header: &Header<'_>,
    action: Action,
    subject: &str,
) -> Answer {
    let sender = caller(header)?;
    let user = user_of(connection, &sender).await?;
    if is_trusted(user) {
        return Ok(());
    }
    let _turn = asking.take(&sender)?;
    let may_ask = header
        .primary()
        .flags()
        .contains(Flags::AllowInteractiveAuth);
    let verb = header.member().map_or("", |member| member.as_str());
    let details = HashMap::from([("subject", subject), ("verb", verb)]);
    let who = (
        "system-bus-name",
        HashMap::from([("name", Value::from(sender.as_str()))]),
    );
    let denied = |why: &str| {
        let id = action.id();
        Refusal::new(ACCESS_DENIED, format!("not authorized for {id}: {why}"))
    };
    let polkit = polkit(connection, user).await;
    let polkit = polkit.ok_or_else(|| denied("polkit is not on this bus, so root alone is"))?;
    let asked = connection
        .call_method(
            Some(polkit.as_str()),
            "/org/freedesktop/PolicyKit1/Authority",
            Some("org.freedesktop.PolicyKit1.Authority"),
            "CheckAuthorization",
            &(who, action.id(), details, u32::from(may_ask), ""),
        )
        .await;
    let reply = match asked {
        Ok(reply) => reply,
        Err(error) => {
            tracing::debug!(%error, "polkit");
            return Err(denied("polkit does not answer, so root alone is"));
        }
    };
    let body = reply.body();
    let read = body.deserialize::<(bool, bool, HashMap<String, String>)>();
    match read {
        Ok((true, ..)) => Ok(()),
        Ok((false, true, _)) if !may_ask => Err(Refusal::new(
            ASK,
            format!("{} needs somebody who agrees", action.id()),
        )),
        Ok(_) => Err(denied("polkit says no")),
        Err(error) => {
            tracing::warn!(%error, "polkit");
            Err(denied("polkit's answer is none"))
        }
    }
}

/// Whether the caller may do anything, polkit aside.
///
/// # Errors
/// [`ACCESS_DENIED`].
pub async fn only_root(connection: &Connection, header: &Header<'_>) -> Answer {
    let sender = caller(header)?;
    if is_trusted(user_of(connection, &sender).await?) {
        return Ok(());
    }
    Err(Refusal::new(ACCESS_DENIED, "root alone may do that"))
}

/// Root, or the user whose service this is.
fn is_trusted(user: u32) -> bool {
    user == 0 || user == rustix::process::geteuid().as_raw()
}

/// Who has a name on the bus.
///
/// # Errors
/// [`ACCESS_DENIED`].
async fn user_of(connection: &Connection, name: &str) -> Answer<u32> {
    let reply = asked_of_bus(connection, "GetConnectionUnixUser", &(name,)).await;
    // It is gone already.
    let reply = reply.map_err(|error| Refusal::new(ACCESS_DENIED, error.to_string()))?;
    Ok(reply.body().deserialize()?)
}

/// The connection that has polkit's name, if it can be polkit for a caller of this user.
async fn polkit(connection: &Connection, caller: u32) -> Option<String> {
    // The bus starts it where it is not there yet.
    if let Err(error) = asked_of_bus(connection, "StartServiceByName", &(POLKIT, 0_u32)).await {
        tracing::debug!(%error, "polkit");
    }
    let owner = asked_of_bus(connection, "GetNameOwner", &(POLKIT,)).await;
    let owner: String = owner.ok()?.body().deserialize().ok()?;
    let user = user_of(connection, &owner).await.ok()?;
    if is_polkit(user, caller) {
        return Some(owner);
    }
    tracing::warn!(user, "who calls itself polkit on this bus is not asked");
    None
}

/// Whether a connection of this user can be polkit for a caller.
fn is_polkit(user: u32, caller: u32) -> bool {
    user == 0 || user < PERSONS && user != caller
}

async fn asked_of_bus<B>(
    connection: &Connection,
    method: &str,
    body: &B,
) -> zbus::Result<zbus::Message>
where
    B: serde::Serialize + zbus::zvariant::DynamicType,
{
    connection
        .call_method(Some(BUS), "/org/freedesktop/DBus", Some(BUS), method, body)
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_answers_for_polkit() {
        assert!(is_polkit(0, 1000) && is_polkit(994, 1000));
        assert!(!is_polkit(1000, 1000) && !is_polkit(1001, 1000));
        assert!(!is_polkit(994, 994) && !is_polkit(65534, 65534));
    }

    /// What polkit does not know it refuses to everybody.
    #[test]
    fn each_action_is_in_the_policy() {
        let policy = include_str!("../../../contrib/dbus/org.cryopod.engine1.policy");
        let all = [
            Action::Inspect,
            Action::Manage,
            Action::Checkpoint,
            Action::Restore,
            Action::Export,
        ];
        for action in all {
            let element = format!("<action id=\"{}\">", action.id());
            assert_eq!(policy.matches(&element).count(), 1, "{element}");
        }
        assert_eq!(policy.matches("<action ").count(), all.len());
    }
}
