//! Where the output of a container is kept, and how much of it: `--log-driver`, `--log-opt`.

use std::collections::BTreeMap;

use super::{CreateOptions, refused_option};
use crate::error::Result;
use crate::model::container::LOG_SIZE;

/// How many files Docker keeps; here there is one, whatever is said.
const FILES: &str = "max-file";

/// The driver, by Podman's name.
pub(super) fn driver(options: &CreateOptions) -> Result<String> {
    match options.log_driver.as_deref() {
        None | Some("" | "k8s-file" | "json-file") => Ok("k8s-file".into()),
        Some(driver @ ("journald" | "none")) => Ok(driver.into()),
        Some(_) => Err(refused_option(&"invalid log driver: invalid argument")),
    }
}

/// The options as they were given, each once.
pub(super) fn options(options: &CreateOptions) -> Result<BTreeMap<String, String>> {
    let mut all = BTreeMap::new();
    for line in &options.log_opts {
        let Some((name, value)) = line.split_once('=') else {
            let what = format!("log option {line:?} has no value: NAME=VALUE is wanted");
            return Err(refused_option(&what));
        };
        let is_good = match name {
            LOG_SIZE => crate::model::container::log_bytes(value).is_some(),
            FILES => value.parse::<u32>().is_ok_and(|files| files > 0),
            _ => {
                let what =
                    format!("log option {name} is not supported: there are {LOG_SIZE} and {FILES}");
                return Err(refused_option(&what));
            }
        };
        if !is_good {
            let what = format!("log option {name} can't be {value:?}");
            return Err(refused_option(&what));
        }
        all.insert(name.to_owned(), value.to_owned());
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text<T: std::fmt::Debug>(result: Result<T>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn drivers() {
        let options = |driver: &str| CreateOptions {
            log_driver: Some(driver.into()),
            ..CreateOptions::default()
        };
        assert_eq!(driver(&options("")).unwrap(), "k8s-file");
        assert_eq!(driver(&options("json-file")).unwrap(), "k8s-file");
        assert_eq!(
            text(driver(&options("foo"))),
            "running container create option: invalid log driver: invalid argument"
        );
    }

    #[test]
    fn options_that_are_known() {
        let given = |lines: &[&str]| {
            options(&CreateOptions {
                log_opts: lines.iter().map(ToString::to_string).collect(),
                ..CreateOptions::default()
            })
        };
        let all = given(&["max-size=1k", "max-file=3", "max-size=10mb"]).unwrap();
        assert_eq!(all[LOG_SIZE], "10mb");
        assert_eq!(all.len(), 2);
        assert!(text(given(&["max-size"])).contains("has no value"));
        assert!(text(given(&["max-size=ten"])).contains("can't be \"ten\""));
        assert!(text(given(&["max-file=0"])).contains("can't be"));
        assert!(text(given(&["path=/etc/passwd"])).contains("path is not supported"));
    }
}
