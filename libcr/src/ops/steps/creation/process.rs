//! What runs in a new container: command, variables and host name out of options and image.

use super::CreateOptions;
use crate::model::id;
use crate::model::image::Image;
use crate::sys::machine;

/// The host name: the host's own where the container is on the host's network.
pub(super) fn hostname(options: &CreateOptions, id: &str) -> String {
    match &options.hostname {
        Some(name) => name.clone(),
        None if options.networks.iter().any(|network| network == "host") => machine::host_name(),
        None => id::short(id).to_owned(),
    }
}

/// Entrypoint and command.
pub(super) fn command(
    options: &CreateOptions,
    image: Option<&Image>,
) -> (Vec<String>, Vec<String>) {
    let of_image = |key: &str| image.map(|image| image.strings(key)).unwrap_or_default();
    let entrypoint = match options.entrypoint.as_deref() {
        None => of_image("Entrypoint"),
        Some("") => Vec::new(),
        // What is no list of words is one word, brackets and all.
        Some(text) => serde_json::from_str(text).unwrap_or_else(|_| vec![text.to_owned()]),
    };
    // A new entrypoint makes the image's command meaningless.
    let command = if !options.command.is_empty() {
        options.command.clone()
    } else if options.entrypoint.is_some() {
        Vec::new()
    } else {
        of_image("Cmd")
    };
    (entrypoint, command)
}

/// `KEY=VALUE`; without `=` the value is empty.
pub(super) fn pair(text: &str) -> (String, String) {
    let (key, value) = text.split_once('=').unwrap_or((text, ""));
    (key.to_owned(), value.to_owned())
}

/// Sets `NAME=VALUE`, or `NAME` to the caller's own value; without one it is unset.
pub(super) fn set_variable(env: &mut Vec<String>, line: &str) {
    let name = line.split('=').next().unwrap_or_default();
    let value = match line.split_once('=') {
        Some((_, value)) => Some(value.to_owned()),
        None => std::env::var(name).ok(),
    };
    env.retain(|known| known.split('=').next() != Some(name));
    if let Some(value) = value {
        env.push(format!("{name}={value}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entrypoint_is_a_list_a_word_or_nothing() {
        let entrypoint = |text: &str| {
            let options = CreateOptions {
                entrypoint: Some(text.into()),
                ..CreateOptions::default()
            };
            command(&options, None).0
        };
        assert_eq!(entrypoint(r#"["a", "b c"]"#), ["a", "b c"]);
        assert_eq!(entrypoint("[x"), ["[x"]);
        assert_eq!(entrypoint("a b"), ["a b"]);
        assert!(entrypoint("").is_empty());
    }

    #[test]
    fn a_later_variable_replaces_an_earlier_one() {
        let mut env = vec!["A=1".to_owned(), "AB=2".into()];
        set_variable(&mut env, "A=3=4");
        assert_eq!(env, ["AB=2", "A=3=4"]);
        set_variable(&mut env, "A=");
        assert_eq!(env, ["AB=2", "A="]);
    }
}
