//! Holds replies against the description that the service gives of its interfaces.

use std::collections::HashMap;

use serde_json::Value;
use varlink_parser::{IDL, VStruct, VStructOrEnum, VType, VTypeExt};

/// Panics unless a reply of a method is as described.
#[track_caller]
pub fn check(descriptions: &HashMap<String, String>, interface: &str, method: &str, reply: &Value) {
    let nothing = Value::Object(serde_json::Map::new());
    let parameters = reply.get("parameters").unwrap_or(&nothing);
    let parse = |name: &str| {
        let text = descriptions.get(name);
        text.map(|text| IDL::try_from(text.as_str()).expect("a description"))
    };
    if let Some(error) = reply.get("error").and_then(Value::as_str) {
        let (place, name) = error.rsplit_once('.').expect("an error's name");
        assert!(
            [interface, "org.varlink.service"].contains(&place),
            "{reply}"
        );
        let idl = parse(place).expect("its description");
        let error = &idl.errors.get(name).unwrap_or_else(|| panic!("{reply}"));
        fields(&idl, &error.parm, parameters).unwrap_or_else(|why| panic!("{why}: {reply}"));
        return;
    }
    let idl = parse(interface).expect("its description");
    let name = method.rsplit('.').next().expect("a method");
    let output = &idl.methods[name].output;
    fields(&idl, output, parameters).unwrap_or_else(|why| panic!("{method}: {why}: {reply}"));
}

fn fields(idl: &IDL<'_>, described: &VStruct<'_>, value: &Value) -> Result<(), String> {
    let map = value.as_object().ok_or("no object")?;
    for key in map.keys() {
        if !described.elts.iter().any(|field| field.name == key) {
            return Err(format!("{key} is not described"));
        }
    }
    for field in &described.elts {
        let optional = matches!(field.vtype, VTypeExt::Option(_));
        match map.get(field.name).filter(|value| !value.is_null()) {
            None if optional => {}
            None => return Err(format!("{} is missing", field.name)),
            Some(value) => {
                fits(idl, &field.vtype, value).map_err(|why| format!("{}: {why}", field.name))?;
            }
        }
    }
    Ok(())
}

fn fits(idl: &IDL<'_>, wanted: &VTypeExt<'_>, value: &Value) -> Result<(), String> {
    let is = |fine: bool, kind: &str| {
        if fine {
            Ok(())
        } else {
            Err(format!("{value} is no {kind}"))
        }
    };
    match wanted {
        VTypeExt::Option(inner) => fits(idl, inner, value),
        VTypeExt::Array(inner) => {
            let list = value.as_array().ok_or("no array")?;
            list.iter().try_for_each(|item| fits(idl, inner, item))
        }
        VTypeExt::Dict(inner) => {
            let map = value.as_object().ok_or("no map")?;
            map.values().try_for_each(|item| fits(idl, inner, item))
        }
        VTypeExt::Plain(plain) => match plain {
            VType::Bool => is(value.is_boolean(), "bool"),
            VType::Int => is(value.is_i64() || value.is_u64(), "int"),
            VType::Float => is(value.is_number(), "float"),
            VType::String => is(value.is_string(), "string"),
            VType::Object => is(value.is_object(), "object"),
            VType::Struct(described) => fields(idl, described, value),
            VType::Enum(words) => one_of(&words.elts, value),
            VType::Typename(name) => match &idl.typedefs[name].elt {
                VStructOrEnum::VStruct(described) => fields(idl, described, value),
                VStructOrEnum::VEnum(words) => one_of(&words.elts, value),
            },
        },
    }
}

fn one_of(words: &[&str], value: &Value) -> Result<(), String> {
    match value.as_str() {
        Some(word) if words.contains(&word) => Ok(()),
        _ => Err(format!("{value} is none of {words:?}")),
    }
}
