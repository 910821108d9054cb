//! `org.varlink.service`: what every service says of itself.

use libcr::Engine;
use libcr::ops::system::VERSION;
use serde::Deserialize;
use serde_json::{Value, json};

use super::call::Call;
use super::failed::Failed;
use super::interface::{self, INTERFACES, Interface, method};
use super::message::Refusal;

/// The interface.
pub const INTERFACE: Interface = Interface {
    name: "org.varlink.service",
    description: include_str!("org.varlink.service.varlink"),
    methods: &[
        method!("GetInfo", Nothing, info, reads),
        method!(
            "GetInterfaceDescription",
            GetInterfaceDescription,
            description,
            reads
        ),
    ],
    missing: &[],
    refuse: Failed::for_engine,
};

/// Parameters of a method that has none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Which interface.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GetInterfaceDescription {
    interface: String,
}

#[expect(clippy::unnecessary_wraps, reason = "a handler like the others")]
fn info(_: &Engine, _: &Call, _: Nothing) -> Result<Value, Failed> {
    Ok(json!({
        "vendor": "Cryopod",
        "product": "Cryopod",
        "version": VERSION,
        "url": "man:cryopod-system-service(1)",
        "interfaces": INTERFACES.map(|interface| interface.name),
    }))
}

fn description(_: &Engine, _: &Call, parameters: GetInterfaceDescription) -> Result<Value, Failed> {
    let name = parameters.interface;
    match interface::find(&name) {
        Some(found) => Ok(json!({ "description": found.description })),
        None => Err(Failed::Call(Refusal::service(
            "InterfaceNotFound",
            json!({ "interface": name }),
        ))),
    }
}
