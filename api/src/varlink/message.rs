//! Calls and replies as JSON (<https://varlink.org/Method-Call>).

use serde::Deserialize;
use serde_json::{Map, Value, json};

/// A call as it came.
#[derive(Debug, Deserialize)]
pub struct Request {
    /// `interface.Method`.
    pub method: String,
    /// By name; none is as good as an empty object.
    #[serde(default)]
    pub parameters: Option<Map<String, Value>>,
    /// Several replies are welcome.
    #[serde(default)]
    pub more: bool,
    /// No reply is.
    #[serde(default)]
    pub oneway: bool,
    /// The connection becomes something else afterwards.
    #[serde(default)]
    pub upgrade: bool,
}

impl Request {
    /// Reads one. What else a client has put beside is passed over.
    ///
    /// # Errors
    /// What is no call, in one line.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let request: Self = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if request.method.len() > 512 {
            return Err("its method's name is too long".into());
        }
        Ok(request)
    }

    /// Interface and method; the interface is empty where there is none.
    pub fn place(&self) -> (&str, &str) {
        self.method.rsplit_once('.').unwrap_or(("", &self.method))
    }
}

/// An error's name and what belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// `interface.Error`.
    pub name: String,
    /// By name.
    pub parameters: Value,
}

impl Refusal {
    /// An error that every interface has.
    pub fn service(name: &str, parameters: Value) -> Self {
        Self {
            name: format!("org.varlink.service.{name}"),
            parameters,
        }
    }

    /// A parameter that can't be.
    pub fn parameter(name: &str) -> Self {
        Self::service("InvalidParameter", json!({ "parameter": name }))
    }
}

/// Bytes of a reply.
pub fn reply(parameters: &Value, continues: bool) -> Vec<u8> {
    let mut message = json!({ "parameters": parameters });
    if continues {
        message["continues"] = true.into();
    }
    finish(&message)
}

/// Bytes of an error.
pub fn refusal(refusal: &Refusal) -> Vec<u8> {
    finish(&json!({ "error": refusal.name, "parameters": refusal.parameters }))
}

fn finish(message: &Value) -> Vec<u8> {
    let mut bytes = message.to_string().into_bytes();
    bytes.push(0);
    bytes
}

/// Without the members that are null: to varlink they are absent.
pub fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let present = map.into_iter().filter(|(_, value)| !value.is_null());
            present
                .map(|(key, value)| (key, without_nulls(value)))
                .collect()
        }
        Value::Array(list) => list.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls() {
        let call = Request::parse(br#"{"method":"a.b.C","more":true,"new":1}"#).unwrap();
        assert_eq!(call.place(), ("a.b", "C"));
        assert!(call.more && !call.oneway && call.parameters.is_none());
        for bad in ["", "[]", "{}", "{\"method\":1}", "{\"method\":\"a.B\"} x"] {
            assert!(Request::parse(bad.as_bytes()).is_err(), "{bad}");
        }
        let deep = format!(
            "{{\"method\":\"a.B\",\"parameters\":{{\"a\":{}1{}}}}}",
            "[".repeat(100_000),
            "]".repeat(100_000)
        );
        assert!(Request::parse(deep.as_bytes()).is_err());
    }

    #[test]
    fn nulls_are_absent() {
        let value = json!({"a": null, "b": {"c": null, "d": [ {"e": null} ]}});
        assert_eq!(without_nulls(value), json!({"b": {"d": [{}]}}));
    }
}
