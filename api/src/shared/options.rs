//! Pieces of a new container's options that both interfaces have in other words than the engine.

use std::collections::BTreeMap;

use libcr::ops::lifecycle::create::HealthOptions;

use serde_json::Value;

use super::fields::Fields;
use crate::http::Failure;

/// Docker's and Podman's defaults of a health check, nanoseconds and a number.
const HEALTH_TIME: u64 = 30_000_000_000;
const HEALTH_RETRIES: u32 = 3;

/// `NAME=VALUE` of a map.
pub fn pairs(map: BTreeMap<String, String>) -> Vec<String> {
    map.into_iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect()
}

/// A mount in the words of `--volume`.
///
/// # Errors
/// 400 for a path with a colon, which those have no way to say.
pub fn volume(source: &str, destination: &str, options: &[String]) -> Result<String, Failure> {
    for path in [source, destination] {
        if path.contains([':', '\0']) {
            return Err(Failure::bad(format!(
                "invalid mount path {path:?}: it holds a colon"
            )));
        }
    }
    if destination.is_empty() {
        return Err(Failure::bad("a mount has no destination"));
    }
    let mut text = String::new();
    if !source.is_empty() {
        text = format!("{source}:");
    }
    text.push_str(destination);
    if !options.is_empty() && !source.is_empty() {
        text.push(':');
        text.push_str(&options.join(","));
    }
    Ok(text)
}

/// A published port in the words of `--publish`.
pub fn publish(ip: &str, host: &str, container: &str, protocol: &str) -> String {
    let mut text = String::new();
    if ip.contains(':') {
        text = format!("[{ip}]:");
    } else if !ip.is_empty() {
        text = format!("{ip}:");
    }
    if !host.is_empty() && host != "0" {
        text.push_str(host);
        text.push(':');
    } else if !text.is_empty() {
        text.push(':');
    }
    text.push_str(container);
    if !protocol.is_empty() {
        text.push('/');
        text.push_str(protocol);
    }
    text
}

/// Limits of processes in the words of `--ulimit`; `keys` are those of name, soft and hard limit.
///
/// # Errors
/// 400 for a value of another type.
pub fn ulimits(
    fields: &mut Fields,
    list: &str,
    [name, soft, hard]: [&str; 3],
) -> Result<Vec<String>, Failure> {
    let mut limits = Vec::new();
    for mut limit in fields.list(list)? {
        let name = limit.text(name)?.unwrap_or_default();
        let mut number = |key: &str| match limit.value(key) {
            None => Ok("0".to_owned()),
            // How Podman's client says that there is none.
            Some(number) if number.as_u64() == Some(u64::MAX) => Ok("-1".to_owned()),
            Some(Value::Number(number)) if number.is_i64() => Ok(number.to_string()),
            Some(other) => Err(Failure::bad(format!(
                "invalid value of {list}.{key}: {other} is no limit"
            ))),
        };
        let (soft, hard) = (number(soft)?, number(hard)?);
        limit.finish()?;
        limits.push(format!("{name}={soft}:{hard}"));
    }
    Ok(limits)
}

/// How soon its processes are killed when memory runs out.
///
/// # Errors
/// 400 for a value of another type.
pub fn oom_score(fields: &mut Fields, key: &str) -> Result<Option<i32>, Failure> {
    let number = fields.number(key)?;
    let read = number.map(i32::try_from).transpose();
    read.map_err(|_| {
        Failure::bad(format!(
            "invalid value of {key}: it must be between -1000 and 1000"
        ))
    })
}

/// A health check (`Test`, `Interval`, `Timeout`, `StartPeriod`, `Retries`).
///
/// # Errors
/// 400 for a value of another type.
pub fn health(mut check: Fields, on_failure: String) -> Result<HealthOptions, Failure> {
    let test = check.texts("Test")?;
    let mut time = |key: &str| check.count::<u64>(key);
    let (interval, timeout) = (time("Interval")?, time("Timeout")?);
    let start_period = time("StartPeriod")?;
    let retries = check.count::<u32>("Retries")?;
    check.ignore(&["StartInterval"]);
    check.finish()?;
    let or = |value: Option<u64>| value.filter(|value| *value > 0).unwrap_or(HEALTH_TIME);
    Ok(HealthOptions {
        none: test.first().is_some_and(|word| word == "NONE"),
        command: (!test.is_empty() && test[0] != "NONE")
            .then(|| serde_json::to_string(&test).unwrap_or_default()),
        interval: or(interval),
        retries: retries.filter(|count| *count > 0).unwrap_or(HEALTH_RETRIES),
        start_period: start_period.unwrap_or(0),
        timeout: or(timeout),
        on_failure,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_in_the_words_of_the_command_line() {
        assert_eq!(publish("", "8080", "80", "tcp"), "8080:80/tcp");
        assert_eq!(publish("127.0.0.1", "", "80", ""), "127.0.0.1::80");
        assert_eq!(publish("::1", "1-3", "4-6", "udp"), "[::1]:1-3:4-6/udp");
        assert_eq!(publish("", "0", "80", "tcp"), "80/tcp");
    }

    #[test]
    fn a_colon_cannot_smuggle_options_in() {
        assert!(volume("/a:/b", "/c", &[]).is_err());
        assert!(volume("/a", "/c:ro", &[]).is_err());
        assert_eq!(volume("/a", "/b", &["ro".into()]).unwrap(), "/a:/b:ro");
        assert_eq!(volume("", "/b", &[]).unwrap(), "/b");
    }
}
