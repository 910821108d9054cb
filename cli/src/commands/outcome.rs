//! Several containers or images, some of which fail: a line for each, and the status of the last
//! error (Podman prints all errors and ends with that of the last).

use super::Outcome;
use super::selected::Selected;
use crate::output::{CliError, print};

/// A failure whose own words don't say whose it is.
#[derive(Debug, thiserror::Error)]
#[error("container {name}: {source}")]
struct OfContainer {
    name: String,
    source: libcr::Error,
}

/// Collects what became of each.
#[derive(Debug, Default)]
pub struct Outcomes {
    last: Option<CliError>,
}

impl Outcomes {
    /// One more: its line on success, its error else.
    pub fn add(&mut self, result: Result<String, CliError>) -> Result<(), CliError> {
        match result {
            Ok(line) => print::line(&line),
            Err(error) => {
                self.fail(error);
                Ok(())
            }
        }
    }

    /// One more error.
    pub fn fail(&mut self, error: CliError) {
        if let Some(before) = self.last.replace(error)
            && let Some(text) = before.render(false)
        {
            eprintln!("{text}");
        }
    }

    /// One more error, of one of several containers: its line names it, also where Podman's words
    /// for it don't.
    pub fn fail_of(&mut self, which: &Selected, several: bool, error: libcr::Error) {
        let text = error.to_string();
        let in_name = |letter: char| letter.is_ascii_alphanumeric() || "_.-".contains(letter);
        let named = text
            .split(|letter| !in_name(letter))
            .any(|word| [&which.id, &which.shown, &which.name].contains(&&word.to_owned()));
        self.fail(if named || !several {
            error.into()
        } else {
            CliError::Operation {
                code: error.exit_code(),
                source: Box::new(OfContainer {
                    name: which.name.clone(),
                    source: error,
                }),
            }
        });
    }

    /// 0, or the last error.
    pub fn finish(self) -> Outcome {
        self.last.map_or(Ok(0), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_of_several_names_its_container_once() {
        let which = Selected {
            id: "0123".into(),
            shown: "0123".into(),
            name: "web".into(),
        };
        let said = |several, text: &str| {
            let mut outcomes = Outcomes::default();
            let error = libcr::Error::WrongState(text.into());
            outcomes.fail_of(&which, several, error);
            outcomes.finish().unwrap_err().render(false).unwrap()
        };
        let state = ": container state improper";
        assert_eq!(said(false, "no"), format!("Error: no{state}"));
        assert_eq!(
            said(true, "webs"),
            format!("Error: container web: webs{state}")
        );
        assert_eq!(said(true, "web: no"), format!("Error: web: no{state}"));
    }
}
