//! The query of a request by Podman's rules: keys in any case, the last value wins, an empty value
//! is none, keys that nobody knows are passed over.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Failure, path};

/// A query that has been taken apart.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// As it came, for messages.
    whole: String,
    pairs: Vec<(String, String)>,
}

impl Query {
    /// Reads a raw query (`a=1&b=%2F`); `path` is what messages call the request.
    ///
    /// # Errors
    /// 400 for an escape that is none.
    pub fn parse(raw: &str, path: &str) -> Result<Self, Failure> {
        let whole = if raw.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{raw}")
        };
        let mut pairs = Vec::new();
        for pair in raw.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let decoded = |text: &str| {
                path::decode(&text.replace('+', " "))
                    .ok_or_else(|| Failure::bad(format!("invalid URL escape in {pair:?}")))
            };
            pairs.push((decoded(key)?.to_ascii_lowercase(), decoded(value)?));
        }
        Ok(Self { whole, pairs })
    }

    /// The last value of a key that isn't empty.
    pub fn text(&self, key: &str) -> Option<&str> {
        let key = key.to_ascii_lowercase();
        let mut found = self.pairs.iter().rev().filter(|(known, _)| *known == key);
        let value = found.next().map(|(_, value)| value.as_str());
        value.filter(|value| !value.is_empty())
    }

    /// All values of a key that aren't empty.
    pub fn texts(&self, key: &str) -> Vec<&str> {
        let key = key.to_ascii_lowercase();
        let all = self.pairs.iter().filter(|(known, _)| *known == key);
        all.map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
            .collect()
    }

    /// A boolean as libpod reads it (gorilla/schema).
    ///
    /// # Errors
    /// 400 in Podman's words for anything else.
    pub fn flag(&self, key: &str) -> Result<bool, Failure> {
        Ok(self.maybe_flag(key)?.unwrap_or(false))
    }

    /// As [`Self::flag`]; `None` where it isn't set.
    ///
    /// # Errors
    /// The same.
    pub fn maybe_flag(&self, key: &str) -> Result<Option<bool>, Failure> {
        match self.text(key).map(str::to_ascii_lowercase).as_deref() {
            None => Ok(None),
            Some("1" | "t" | "true" | "on") => Ok(Some(true)),
            Some("0" | "f" | "false" | "off") => Ok(Some(false)),
            Some(_) => Err(self.wrong(key)),
        }
    }

    /// A boolean as Docker reads it (api/server/httputils): whatever isn't false is true.
    pub fn docker_flag(&self, key: &str) -> bool {
        let value = self
            .text(key)
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        !matches!(value.as_str(), "" | "0" | "no" | "false" | "none")
    }

    /// A number.
    ///
    /// # Errors
    /// 400 for anything else.
    pub fn number<T: std::str::FromStr>(&self, key: &str) -> Result<Option<T>, Failure> {
        let number = self.text(key).map(str::parse);
        number.transpose().map_err(|_| self.wrong(key))
    }

    /// The `filters`: `{"key":["value"]}`, or as old clients of Docker have it
    /// `{"key":{"value":true}}`.
    ///
    /// # Errors
    /// 400 for anything else.
    pub fn filters(&self) -> Result<Vec<(String, String)>, Failure> {
        let Some(text) = self.text("filters") else {
            return Ok(Vec::new());
        };
        let wrong = |why: String| Failure::bad(format!("failed to parse filters {text:?}: {why}"));
        let map: BTreeMap<String, Value> =
            serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
        let mut filters = Vec::new();
        for (key, values) in map {
            match values {
                Value::Array(list) => {
                    for value in list {
                        let value = value
                            .as_str()
                            .ok_or_else(|| wrong(format!("a value of {key} is no string")))?;
                        filters.push((key.clone(), value.to_owned()));
                    }
                }
                Value::Object(set) => {
                    let chosen = set.into_iter().filter(|(_, on)| *on == Value::Bool(true));
                    filters.extend(chosen.map(|(value, _)| (key.clone(), value)));
                }
                Value::Null => {}
                _ => return Err(wrong(format!("{key} holds neither a list nor a map"))),
            }
        }
        Ok(filters)
    }

    /// What is wrong with the value of a key, in Podman's words.
    pub fn wrong(&self, key: &str) -> Failure {
        let cause = format!("schema: error converting value for {key:?}");
        Failure::bad(format!(
            "failed to parse parameters for {}: {cause}",
            self.whole
        ))
        .because(cause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(raw: &str) -> Query {
        Query::parse(raw, "/x").unwrap()
    }

    #[test]
    fn keys_in_any_case_and_empty_is_unset() {
        let query = query("leaveRunning=true&KEEP=&keep=1&keep=0&a=b+c%2B&export=");
        assert!(query.flag("leaverunning").unwrap());
        assert!(!query.flag("keep").unwrap());
        assert_eq!(query.text("A"), Some("b c+"));
        assert_eq!(query.maybe_flag("export").unwrap(), None);
    }

    #[test]
    fn what_is_no_boolean_is_told_in_podmans_words() {
        let error = query("keep=banana").flag("keep").unwrap_err();
        assert_eq!(error.status, 400);
        assert_eq!(
            error.message,
            "failed to parse parameters for /x?keep=banana: schema: error converting value for \"keep\""
        );
        assert!(query("force=banana").docker_flag("force"));
        assert!(!query("force=no").docker_flag("force"));
    }

    #[test]
    fn filters_in_both_forms() {
        let list = query("filters={\"label\":[\"a\",\"b=c\"]}")
            .filters()
            .unwrap();
        assert_eq!(list.len(), 2);
        let map = query("filters={\"status\":{\"exited\":true,\"running\":false}}");
        assert_eq!(map.filters().unwrap(), [("status".into(), "exited".into())]);
        for bad in ["[", "[]", "{\"a\":1}", "{\"a\":[1]}"] {
            let query = query(&format!("filters={bad}"));
            assert_eq!(query.filters().unwrap_err().status, 400, "{bad}");
        }
    }
}
