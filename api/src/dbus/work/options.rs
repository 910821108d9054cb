//! The last argument of most methods: options by name, in the words of the command line's flags. One
//! that isn't known is refused, so that nothing is dropped in silence.

use std::collections::HashMap;

use zbus::zvariant::{OwnedValue, Value};

use crate::dbus::refusal::{Answer, Refusal};

/// What came.
pub type Given = HashMap<String, OwnedValue>;

/// Options that are taken out one by one.
#[derive(Debug)]
pub struct Options(Given);

impl Options {
    /// Of what came.
    pub fn new(given: Given) -> Self {
        Self(given)
    }

    /// `b`; unset is false.
    pub fn flag(&mut self, key: &str) -> Answer<bool> {
        Ok(self.maybe_flag(key)?.unwrap_or(false))
    }

    /// `b`.
    pub fn maybe_flag(&mut self, key: &str) -> Answer<Option<bool>> {
        match self.0.remove(key).as_deref() {
            None => Ok(None),
            Some(Value::Bool(set)) => Ok(Some(*set)),
            Some(other) => Err(wrong(key, "b", other)),
        }
    }

    /// `s`; an empty one is none.
    pub fn text(&mut self, key: &str) -> Answer<Option<String>> {
        match self.0.remove(key).as_deref() {
            None => Ok(None),
            Some(Value::Str(text)) => {
                Ok(Some(text.as_str().to_owned()).filter(|text| !text.is_empty()))
            }
            Some(other) => Err(wrong(key, "s", other)),
        }
    }

    /// `as`, or one `s`.
    pub fn texts(&mut self, key: &str) -> Answer<Vec<String>> {
        match self.0.remove(key).as_deref() {
            None => Ok(Vec::new()),
            Some(Value::Str(text)) => Ok(vec![text.as_str().to_owned()]),
            Some(other @ Value::Array(list)) => list
                .iter()
                .map(|one| match one {
                    Value::Str(text) => Ok(text.as_str().to_owned()),
                    _ => Err(wrong(key, "as", other)),
                })
                .collect(),
            Some(other) => Err(wrong(key, "as", other)),
        }
    }

    /// Any whole number that isn't negative.
    pub fn number(&mut self, key: &str) -> Answer<Option<u64>> {
        let Some(value) = self.0.remove(key) else {
            return Ok(None);
        };
        let number = match &*value {
            Value::U8(number) => Some(u64::from(*number)),
            Value::U16(number) => Some(u64::from(*number)),
            Value::U32(number) => Some(u64::from(*number)),
            Value::U64(number) => Some(*number),
            Value::I16(number) => u64::try_from(*number).ok(),
            Value::I32(number) => u64::try_from(*number).ok(),
            Value::I64(number) => u64::try_from(*number).ok(),
            _ => None,
        };
        number.map(Some).ok_or_else(|| wrong(key, "t", &value))
    }

    /// A number that fits a smaller type.
    pub fn small<T: TryFrom<u64>>(&mut self, key: &str) -> Answer<Option<T>> {
        let number = self.number(key)?;
        number
            .map(|number| {
                T::try_from(number)
                    .map_err(|_| Refusal::invalid(format!("option {key:?}: {number} is too large")))
            })
            .transpose()
    }

    /// Refuses what nobody has asked for.
    pub fn finish(self) -> Answer {
        let mut left: Vec<_> = self.0.into_keys().collect();
        left.sort();
        match left.first() {
            None => Ok(()),
            Some(key) => Err(Refusal::invalid(format!("unknown option {key:?}"))),
        }
    }
}

fn wrong(key: &str, wanted: &str, found: &Value<'_>) -> Refusal {
    Refusal::invalid(format!(
        "option {key:?} is of type {:?} and not {wanted:?}",
        found.value_signature().to_string()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(pairs: &[(&str, Value<'_>)]) -> Options {
        let owned = |value: &Value<'_>| value.try_to_owned().unwrap();
        Options::new(
            pairs
                .iter()
                .map(|(key, value)| ((*key).to_owned(), owned(value)))
                .collect(),
        )
    }

    #[test]
    fn types_count_and_nothing_is_dropped() {
        let mut given = options(&[
            ("keep", true.into()),
            ("name", "web".into()),
            ("publish", Value::from(vec!["1:2", "3:4"])),
            ("label", "a=b".into()),
            ("tail", 5_i32.into()),
        ]);
        assert!(given.flag("keep").unwrap() && !given.flag("absent").unwrap());
        assert_eq!(given.text("name").unwrap().as_deref(), Some("web"));
        assert_eq!(given.texts("publish").unwrap(), ["1:2", "3:4"]);
        assert_eq!(given.texts("label").unwrap(), ["a=b"]);
        assert_eq!(given.small::<u32>("tail").unwrap(), Some(5));
        given.finish().unwrap();
        let wrong = options(&[("keep", "yes".into())]).flag("keep");
        assert_eq!(
            wrong.unwrap_err().message,
            r#"option "keep" is of type "s" and not "b""#
        );
        assert!(options(&[("n", (-1_i64).into())]).number("n").is_err());
        assert!(
            options(&[("n", u64::MAX.into())])
                .small::<u32>("n")
                .is_err()
        );
        let left = options(&[("leaverunning", true.into())]).finish();
        assert_eq!(
            left.unwrap_err().message,
            r#"unknown option "leaverunning""#
        );
    }
}
