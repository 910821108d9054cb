//! Interfaces: a description, which clients can ask for, and a table of methods. A test holds the one
//! against the other.

use libcr::Engine;
use serde_json::Value;

use super::call::Call;
use super::failed::Failed;
use super::message::Refusal;
use super::{engine, podman, service};

/// An interface.
#[derive(Debug, Clone, Copy)]
pub struct Interface {
    /// Its name.
    pub name: &'static str,
    /// Its description in varlink's language.
    pub description: &'static str,
    /// What is answered.
    pub methods: &'static [Method],
    /// Methods that are described and answered `MethodNotImplemented`.
    pub missing: &'static [&'static str],
    /// What it calls a failure.
    pub refuse: fn(Failed) -> Refusal,
}

/// A method.
#[derive(Debug, Clone, Copy)]
pub struct Method {
    /// Its name.
    pub name: &'static str,
    /// It changes something: brought to its end before the service ends.
    pub works: bool,
    /// Answers, on a thread of its own.
    pub run: fn(&Engine, &Call, Value) -> Result<Value, Failed>,
    /// Reads parameters and does nothing.
    pub check: fn(Value) -> Result<(), Failed>,
}

/// Every interface.
pub const INTERFACES: [Interface; 3] = [service::INTERFACE, engine::INTERFACE, podman::INTERFACE];

/// A line of a table of methods: name, type of parameters, handler.
macro_rules! method {
    ($name:literal, $parameters:ty, $handler:path) => {
        $crate::varlink::interface::method!($name, $parameters, $handler, true)
    };
    ($name:literal, $parameters:ty, $handler:path, reads) => {
        $crate::varlink::interface::method!($name, $parameters, $handler, false)
    };
    ($name:literal, $parameters:ty, $handler:path, $works:expr) => {
        $crate::varlink::interface::Method {
            name: $name,
            works: $works,
            run: |engine, call, parameters| {
                $handler(
                    engine,
                    call,
                    $crate::varlink::call::read::<$parameters>(parameters)?,
                )
            },
            check: |parameters| $crate::varlink::call::read::<$parameters>(parameters).map(drop),
        }
    };
}
pub(crate) use method;

/// The interface of a name.
pub fn find(name: &str) -> Option<&'static Interface> {
    INTERFACES.iter().find(|interface| interface.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Map, json};
    use varlink_parser::{IDL, VStruct, VStructOrEnum, VType, VTypeExt};

    use super::*;

    /// A value of a type, all members set.
    fn example(idl: &IDL<'_>, wanted: &VTypeExt<'_>) -> Value {
        match wanted {
            VTypeExt::Array(inner) => json!([example(idl, inner)]),
            VTypeExt::Dict(inner) => json!({ "k": example(idl, inner) }),
            VTypeExt::Option(inner) => example(idl, inner),
            VTypeExt::Plain(plain) => match plain {
                VType::Bool => json!(true),
                VType::Int => json!(1),
                VType::Float => json!(1.5),
                VType::String => json!("text"),
                VType::Object => json!({}),
                VType::Struct(fields) => members(idl, fields),
                VType::Enum(words) => json!(words.elts[0]),
                VType::Typename(name) => match &idl.typedefs[name].elt {
                    VStructOrEnum::VStruct(fields) => members(idl, fields),
                    VStructOrEnum::VEnum(words) => json!(words.elts[0]),
                },
            },
        }
    }

    fn members(idl: &IDL<'_>, fields: &VStruct<'_>) -> Value {
        let pairs = fields.elts.iter();
        let map: Map<String, Value> = pairs
            .map(|field| (field.name.to_owned(), example(idl, &field.vtype)))
            .collect();
        map.into()
    }

    /// The members that a description says a type has.
    fn described<'a>(idl: &'a IDL<'a>, wanted: &'a VTypeExt<'a>) -> Option<&'a VStruct<'a>> {
        match wanted {
            VTypeExt::Option(inner) => described(idl, inner),
            VTypeExt::Plain(VType::Struct(fields)) => Some(fields),
            VTypeExt::Plain(VType::Typename(name)) => match &idl.typedefs[name].elt {
                VStructOrEnum::VStruct(fields) => Some(fields),
                VStructOrEnum::VEnum(_) => None,
            },
            _ => None,
        }
    }

    #[test]
    fn descriptions_and_tables_agree() {
        for interface in INTERFACES {
            let idl = IDL::try_from(interface.description)
                .unwrap_or_else(|error| panic!("{}: {error}", interface.name));
            assert_eq!(idl.name, interface.name);
            let tabled: BTreeSet<&str> = interface
                .methods
                .iter()
                .map(|method| method.name)
                .chain(interface.missing.iter().copied())
                .collect();
            let told: BTreeSet<&str> = idl.method_keys.iter().copied().collect();
            assert_eq!(tabled, told, "{}", interface.name);
            let count = interface.methods.len() + interface.missing.len();
            assert_eq!(tabled.len(), count, "{}: no name twice", interface.name);
        }
    }

    #[test]
    fn every_described_parameter_is_read_and_no_other() {
        for interface in INTERFACES {
            let idl = IDL::try_from(interface.description).unwrap();
            for method in interface.methods {
                let place = format!("{}.{}", interface.name, method.name);
                let input = &idl.methods[method.name].input;
                let all = members(&idl, input);
                let read = (method.check)(all.clone());
                assert!(read.is_ok(), "{place}: {read:?} of {all}");
                let mut more = all.clone();
                more["zzz"] = json!(1);
                assert!((method.check)(more).is_err(), "{place}: an unknown one");
                for field in &input.elts {
                    let mut fewer = all.clone();
                    fewer.as_object_mut().unwrap().remove(field.name);
                    let optional = matches!(field.vtype, VTypeExt::Option(_));
                    // Podman's server took what was left out for zero.
                    let lenient = interface.name == "io.podman";
                    let read = (method.check)(fewer);
                    assert_eq!(
                        read.is_ok(),
                        optional || lenient,
                        "{place}: without {}",
                        field.name
                    );
                    if described(&idl, &field.vtype).is_some() {
                        let mut more = all.clone();
                        more[field.name]["zzz"] = json!(1);
                        let read = (method.check)(more);
                        assert!(read.is_err(), "{place}: an unknown one in {}", field.name);
                    }
                }
            }
        }
    }
}
