//! JSON of a request, taken apart member by member, keys in any case as Go reads them. What is left
//! and asks for something is refused in the end: nothing is dropped in silence.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::http::Failure;

/// The members of an object.
#[derive(Debug, Default)]
pub struct Fields {
    /// Where it is in the request, for messages: empty or `HostConfig.`.
    place: String,
    /// By their keys in lower case, with the keys as they came.
    members: BTreeMap<String, (String, Value)>,
}

impl Fields {
    /// Of an object.
    pub fn new(map: Map<String, Value>) -> Self {
        Self::within(String::new(), map)
    }

    fn within(place: String, map: Map<String, Value>) -> Self {
        let members = map
            .into_iter()
            .map(|(key, value)| (key.to_ascii_lowercase(), (key, value)));
        Self {
            place,
            members: members.collect(),
        }
    }

    fn take(&mut self, key: &str) -> Option<Value> {
        let found = self.members.remove(&key.to_ascii_lowercase());
        found
            .map(|(_, value)| value)
            .filter(|value| !value.is_null())
    }

    fn wrong(&self, key: &str, wanted: &str) -> Failure {
        Failure::bad(format!(
            "invalid value of {}{key}: it must be {wanted}",
            self.place
        ))
    }

    /// A string; an empty one is none.
    ///
    /// # Errors
    /// 400 for anything else, as with all that follow.
    pub fn text(&mut self, key: &str) -> Result<Option<String>, Failure> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text).filter(|text| !text.is_empty())),
            Some(_) => Err(self.wrong(key, "a string")),
        }
    }

    /// A boolean.
    pub fn flag(&mut self, key: &str) -> Result<bool, Failure> {
        match self.take(key) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(_) => Err(self.wrong(key, "true or false")),
        }
    }

    /// A whole number.
    pub fn number(&mut self, key: &str) -> Result<Option<i64>, Failure> {
        match self.take(key) {
            None => Ok(None),
            Some(value) => match value.as_i64() {
                Some(number) => Ok(Some(number)),
                None => Err(self.wrong(key, "a whole number")),
            },
        }
    }

    /// A number that counts something.
    pub fn count<T: TryFrom<i64>>(&mut self, key: &str) -> Result<Option<T>, Failure> {
        let number = self.number(key)?.map(T::try_from).transpose();
        number.map_err(|_| self.wrong(key, "a number that isn't negative"))
    }

    /// A list of strings.
    pub fn texts(&mut self, key: &str) -> Result<Vec<String>, Failure> {
        match self.take(key) {
            None => Ok(Vec::new()),
            Some(Value::Array(list)) => {
                let text = |value| match value {
                    Value::String(text) => Ok(text),
                    _ => Err(self.wrong(key, "a list of strings")),
                };
                list.into_iter().map(text).collect()
            }
            Some(_) => Err(self.wrong(key, "a list of strings")),
        }
    }

    /// A list of strings, or one; `None` where there is none.
    pub fn words(&mut self, key: &str) -> Result<Option<Vec<String>>, Failure> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(vec![text])),
            Some(list) => {
                let back = (key.to_owned(), list);
                self.members.insert(key.to_ascii_lowercase(), back);
                self.texts(key).map(Some)
            }
        }
    }

    /// A map of strings.
    pub fn map(&mut self, key: &str) -> Result<BTreeMap<String, String>, Failure> {
        match self.take(key) {
            None => Ok(BTreeMap::new()),
            Some(Value::Object(map)) => {
                let pair = |(name, value)| match value {
                    Value::String(text) => Ok((name, text)),
                    Value::Null => Ok((name, String::new())),
                    _ => Err(self.wrong(key, "a map of strings")),
                };
                map.into_iter().map(pair).collect()
            }
            Some(_) => Err(self.wrong(key, "a map of strings")),
        }
    }

    /// An object; empty where there is none.
    pub fn object(&mut self, key: &str) -> Result<Self, Failure> {
        match self.take(key) {
            None => Ok(Self::default()),
            Some(Value::Object(map)) => Ok(Self::within(format!("{}{key}.", self.place), map)),
            Some(_) => Err(self.wrong(key, "an object")),
        }
    }

    /// A map of objects, each by its name.
    pub fn objects(&mut self, key: &str) -> Result<Vec<(String, Self)>, Failure> {
        let map = self.object(key)?;
        let inner = |(_, (name, value)): (String, (String, Value))| match value {
            Value::Object(map) => Ok((name, Self::within(format!("{}{key}.", self.place), map))),
            Value::Null => Ok((name, Self::default())),
            _ => Err(self.wrong(key, "a map of objects")),
        };
        map.members.into_iter().map(inner).collect()
    }

    /// A list of objects.
    pub fn list(&mut self, key: &str) -> Result<Vec<Self>, Failure> {
        match self.take(key) {
            None => Ok(Vec::new()),
            Some(Value::Array(list)) => {
                let inner = |value| match value {
                    Value::Object(map) => Ok(Self::within(format!("{}{key}.", self.place), map)),
                    _ => Err(self.wrong(key, "a list of objects")),
                };
                list.into_iter().map(inner).collect()
            }
            Some(_) => Err(self.wrong(key, "a list of objects")),
        }
    }

    /// A member as it is.
    pub fn value(&mut self, key: &str) -> Option<Value> {
        self.take(key)
    }

    /// Passes over members that change nothing here.
    pub fn ignore(&mut self, keys: &[&str]) {
        for key in keys {
            self.members.remove(&key.to_ascii_lowercase());
        }
    }

    /// Passes over members that the interface doesn't know.
    pub fn keep(&mut self, known: &[&str]) {
        self.members
            .retain(|_, (key, _)| known.iter().any(|name| name.eq_ignore_ascii_case(key)));
    }

    /// Accepts only these values of a member.
    ///
    /// # Errors
    /// 501 for any other that isn't empty.
    pub fn only(&mut self, key: &str, values: &[&str]) -> Result<(), Failure> {
        match self.text(key)? {
            Some(value) if !values.contains(&value.as_str()) => Err(Failure::unsupported(
                &format!("{}{key} {value:?}", self.place),
            )),
            _ => Ok(()),
        }
    }

    /// Refuses what is left and asks for something.
    ///
    /// # Errors
    /// 501, naming it.
    pub fn finish(self) -> Result<(), Failure> {
        let mut asked = self
            .members
            .into_values()
            .filter(|(_, value)| says_something(value));
        match asked.next() {
            Some((key, _)) => Err(Failure::unsupported(&format!("{}{key}", self.place))),
            None => Ok(()),
        }
    }
}

/// Whether a value is other than Go's zero.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => map.values().any(says_something),
    }
}

#[cfg(test)]
impl Fields {
    /// Those of a value that is an object.
    pub fn of(value: Value) -> Self {
        let Value::Object(map) = value else {
            panic!("an object")
        };
        Self::new(map)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_in_any_case_and_nulls_are_absent() {
        let mut all = Fields::of(json!({"IMAGE": "a", "env": null, "stdin": true, "n": 3}));
        assert_eq!(all.text("image").unwrap().as_deref(), Some("a"));
        assert!(all.map("env").unwrap().is_empty());
        assert!(all.flag("Stdin").unwrap());
        assert_eq!(all.count::<u32>("N").unwrap(), Some(3));
        assert!(all.finish().is_ok());
    }

    #[test]
    fn what_is_left_must_ask_for_nothing() {
        let nothing = json!({"a": 0, "b": "", "c": [], "d": {"e": false}, "f": null});
        assert!(Fields::of(nothing).finish().is_ok());
        let error = Fields::of(json!({"a": 0, "Devices": ["x"]}))
            .finish()
            .unwrap_err();
        assert_eq!(
            (error.status, error.message.as_str()),
            (501, "Devices is not supported yet")
        );
    }

    #[test]
    fn wrong_types_are_named_with_their_place() {
        let mut all = Fields::of(json!({"HostConfig": {"Memory": "x", "Binds": [1]}}));
        let mut host = all.object("HostConfig").unwrap();
        assert_eq!(
            host.number("Memory").unwrap_err().message,
            "invalid value of HostConfig.Memory: it must be a whole number"
        );
        assert_eq!(host.texts("Binds").unwrap_err().status, 400);
    }
}
