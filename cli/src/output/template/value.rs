//! A value during evaluation: JSON plus where it came from (which says whether an object is a
//! struct), how Go prints it, and when Go calls it true.

use super::{JSON_FACE, Schema};
use serde_json::Value;

/// A value and its path from the root; no path for what a function made.
#[derive(Debug, Clone)]
pub struct Located {
    /// The value. Missing map entries are `Null` with `missing` set.
    pub value: Value,
    /// Fields from the root, joined by dots, `*` for elements.
    pub path: Option<String>,
    /// There was no such entry.
    pub missing: bool,
}

impl Located {
    /// What a function or constant gives.
    pub fn made(value: Value) -> Self {
        Self {
            value,
            path: None,
            missing: false,
        }
    }

    /// Go's name of its type, if it is a struct by `schema`.
    pub fn struct_name(&self, schema: Schema) -> Option<&'static str> {
        if !self.value.is_object() {
            return None;
        }
        schema.type_of(self.path.as_deref()?)
    }

    /// The path of a member.
    pub fn below(&self, member: &str) -> Option<String> {
        let path = self.path.as_ref()?;
        Some(if path.is_empty() {
            member.to_owned()
        } else {
            format!("{path}.{member}")
        })
    }

    /// The member `name`, whatever its case if no other fits exactly, with its own name.
    pub fn member(&self, name: &str) -> Option<(&str, &Value)> {
        let object = self.value.as_object()?;
        object
            .get_key_value(name)
            .or_else(|| {
                object
                    .iter()
                    .find(|(key, _)| key.eq_ignore_ascii_case(name))
            })
            .map(|(key, value)| (key.as_str(), value))
    }
}

/// As Go's `print` shows it.
pub fn show(located: &Located, schema: Schema) -> String {
    match &located.value {
        Value::Null if located.missing => "<no value>".to_owned(),
        Value::Null => "<nil>".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(list) => {
            let path = located.below("*");
            let parts: Vec<String> = list
                .iter()
                .map(|value| {
                    show(
                        &Located {
                            value: value.clone(),
                            path: path.clone(),
                            missing: false,
                        },
                        schema,
                    )
                })
                .collect();
            format!("[{}]", parts.join(" "))
        }
        Value::Object(object) => {
            let named = located.struct_name(schema).is_some();
            let mut members: Vec<(&String, String)> = object
                .iter()
                .filter(|(key, _)| key.as_str() != JSON_FACE)
                .map(|(key, value)| {
                    let path = located.below(if named { key } else { "*" });
                    (
                        key,
                        show(
                            &Located {
                                value: value.clone(),
                                path,
                                missing: false,
                            },
                            schema,
                        ),
                    )
                })
                .collect();
            if named {
                let parts: Vec<String> = members.into_iter().map(|(_, text)| text).collect();
                return format!("{{{}}}", parts.join(" "));
            }
            members.sort();
            let parts: Vec<String> = members
                .into_iter()
                .map(|(key, text)| format!("{key}:{text}"))
                .collect();
            format!("map[{}]", parts.join(" "))
        }
    }
}

/// What Go's `if` takes for true: everything but zero values.
pub fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(truth) => *truth,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(object) => !object.is_empty(),
    }
}

/// What `{{json .X}}` shows.
pub fn json_face(value: &Value) -> &Value {
    value.get(JSON_FACE).unwrap_or(value)
}

/// Go's name for the kind of a value.
pub fn kind_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "nil",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float64",
        Value::Number(_) => "int",
        Value::String(_) => "string",
        Value::Array(_) => "[]interface {}",
        Value::Object(_) => "map[string]interface {}",
    }
}
