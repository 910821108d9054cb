//! The health check of a new container, out of options and image. Podman's words and order
//! (pkg/specgenutil/specgen.go).

use crate::error::{Error, Result};
use crate::model::container::ContainerConfig;
use crate::model::health::{Healthcheck, OnFailure};
use crate::model::image::Image;

/// What `create` is told of health checks; durations are read by the caller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HealthOptions {
    /// `--health-cmd`: a line, a JSON list, or `none`.
    pub command: Option<String>,
    /// `--health-interval`, nanoseconds; 0: none runs by itself.
    pub interval: u64,
    /// `--health-retries`.
    pub retries: u32,
    /// `--health-start-period`, nanoseconds.
    pub start_period: u64,
    /// `--health-timeout`, nanoseconds.
    pub timeout: u64,
    /// `--health-on-failure`.
    pub on_failure: String,
    /// `--no-healthcheck`: also not the image's.
    pub none: bool,
}

/// Podman's and Docker's defaults for what an image leaves out.
const INTERVAL: u64 = 30_000_000_000;
const RETRIES: u32 = 3;

/// The check that a new container gets.
pub(super) fn check(options: &HealthOptions, image: Option<&Image>) -> Result<Option<Healthcheck>> {
    let given = options.command.as_deref().filter(|text| !text.is_empty());
    match given {
        Some(_) if options.none => Err(Error::Invalid(
            "cannot specify both --no-healthcheck and --health-cmd".into(),
        )),
        Some(text) => of_options(text, options).map(Some),
        None if options.none => Ok(Some(Healthcheck {
            test: vec!["NONE".into()],
            ..Healthcheck::default()
        })),
        None => of_image(image),
    }
}

fn of_options(line: &str, options: &HealthOptions) -> Result<Healthcheck> {
    let words = test(line)?;
    if options.retries == 0 {
        return Err(Error::Invalid(
            "healthcheck-retries must be greater than 0".into(),
        ));
    }
    if options.timeout == 0 {
        return Err(Error::Invalid(
            "healthcheck-timeout must be at least 1 second".into(),
        ));
    }
    Ok(Healthcheck {
        test: words,
        start_period: options.start_period,
        interval: options.interval,
        timeout: options.timeout,
        retries: options.retries,
    })
}

/// Reads `--health-cmd` as Podman does.
fn test(line: &str) -> Result<Vec<String>> {
    let list: Option<Vec<String>> = serde_json::from_str(line).ok();
    let is_list = list.is_some();
    let words = list.unwrap_or_else(|| line.splitn(2, ' ').map(str::to_owned).collect());
    let Some(first) = words.first() else {
        return Err(Error::Invalid(
            "must define a healthcheck command for all healthchecks".into(),
        ));
    };
    let keyword = |words: &[String], keyword: &str| {
        let mut all = vec![keyword.to_owned()];
        all.extend_from_slice(words);
        all
    };
    Ok(match first.to_uppercase().as_str() {
        "NONE" => vec!["NONE".into()],
        "CMD" if is_list => keyword(&words[1..], "CMD"),
        "CMD" => keyword(
            &line
                .split_whitespace()
                .skip(1)
                .map(str::to_owned)
                .collect::<Vec<_>>(),
            "CMD",
        ),
        "CMD-SHELL" => keyword(&words[1..], "CMD-SHELL"),
        _ if is_list && words.len() > 1 => keyword(&words, "CMD"),
        _ => keyword(&[words.join(" ")], "CMD-SHELL"),
    })
}

/// An image's `HEALTHCHECK`, completed.
fn of_image(image: Option<&Image>) -> Result<Option<Healthcheck>> {
    let Some(value) = image.and_then(|image| image.setting("Healthcheck")) else {
        return Ok(None);
    };
    let mut check: Healthcheck = serde_json::from_value(value.clone()).map_err(|error| {
        Error::Invalid(format!(
            "the image has a health check that is none: {error}"
        ))
    })?;
    if check.command().is_none() {
        return Ok(None);
    }
    let or = |value: u64, usual: u64| if value == 0 { usual } else { value };
    check.interval = or(check.interval, INTERVAL);
    check.timeout = or(check.timeout, INTERVAL);
    if check.retries == 0 {
        check.retries = RETRIES;
    }
    Ok(Some(check))
}

/// What is done when it turns unhealthy.
pub(super) fn on_failure(options: &HealthOptions) -> Result<OnFailure> {
    OnFailure::parse(&options.on_failure).ok_or_else(|| {
        Error::Invalid(format!(
            "invalid on-failure action \"{}\" for health check: supported actions are none,kill,restart,stop",
            options.on_failure
        ))
    })
}

/// An action needs a check.
pub(super) fn check_together(config: &ContainerConfig) -> Result<()> {
    if config.health_on_failure != OnFailure::None && config.healthcheck.is_none() {
        return Err(Error::Invalid(format!(
            "cannot set on-failure action to {} without a health check",
            config.health_on_failure.as_str()
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_in_every_notation() {
        for (text, words) in [
            ("none", &["NONE"][..]),
            ("NONE x", &["NONE"]),
            ("echo hi; exit 3", &["CMD-SHELL", "echo hi; exit 3"]),
            ("[\"/bin/a\", \"b c\"]", &["CMD", "/bin/a", "b c"]),
            ("[\"/bin/a\"]", &["CMD-SHELL", "/bin/a"]),
            ("[\"CMD\", \"a\", \"b c\"]", &["CMD", "a", "b c"]),
            ("CMD a b", &["CMD", "a", "b"]),
            ("CMD-SHELL a | b", &["CMD-SHELL", "a | b"]),
            ("[\"CMD-SHELL\", \"a | b\"]", &["CMD-SHELL", "a | b"]),
        ] {
            assert_eq!(test(text).unwrap(), words, "{text}");
        }
        assert_eq!(
            test("[]").unwrap_err().to_string(),
            "must define a healthcheck command for all healthchecks"
        );
    }

    #[test]
    fn an_images_check_is_completed_and_none_is_none() {
        let image = |healthcheck: serde_json::Value| Image {
            id: String::new(),
            digest: String::new(),
            diff_ids: Vec::new(),
            names: Vec::new(),
            size: 0,
            created: String::new(),
            config: serde_json::json!({ "config": { "Healthcheck": healthcheck } }),
        };
        let options = HealthOptions::default();
        let found = image(serde_json::json!({ "Test": ["CMD", "a"], "Timeout": 5 }));
        let check_of =
            |options: &HealthOptions, image: &Image| check(options, Some(image)).unwrap();
        let completed = check_of(&options, &found).unwrap();
        assert_eq!(
            (completed.interval, completed.timeout, completed.retries),
            (INTERVAL, 5, 3)
        );
        let off = HealthOptions {
            none: true,
            ..HealthOptions::default()
        };
        assert_eq!(check_of(&off, &found).unwrap().test, ["NONE"]);
        let none = image(serde_json::json!({ "Test": ["NONE"] }));
        assert_eq!(check_of(&options, &none), None);
        assert_eq!(check_of(&options, &image(serde_json::Value::Null)), None);
    }
}
