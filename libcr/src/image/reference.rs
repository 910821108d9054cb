//! Names of images: `[DOMAIN/]PATH[:TAG][@DIGEST]`.
//!
//! Grammar: the `reference` package of the distribution project, as Podman uses it; the messages are
//! its own. A short name stands for `localhost/…` first and then for Docker Hub's.

use std::fmt;

/// Why text is no image name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// It doesn't follow the grammar.
    #[error("invalid reference format")]
    Format,
    /// Upper-case letters, which only domain and tag may have.
    #[error("invalid reference format: repository name ({name}) must be lowercase")]
    Uppercase {
        /// The repository's name without domain.
        name: String,
    },
    /// Nothing before the tag.
    #[error("repository name must have at least one component")]
    Empty,
    /// More than 255 characters.
    #[error("repository name must not be more than 255 characters")]
    TooLong,
    /// 64 hexadecimal digits would be taken for an image's id.
    #[error("invalid repository name ({name}), cannot specify 64-byte hexadecimal strings")]
    LooksLikeId {
        /// The name.
        name: String,
    },
}

/// A parsed name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reference {
    /// Registry with optional port; a short name has none.
    pub domain: Option<String>,
    /// The repository, for example `library/busybox`.
    pub path: String,
    /// Without the colon.
    pub tag: Option<String>,
    /// `sha256:…`.
    pub digest: Option<String>,
}

impl Reference {
    /// Parses a name without adding anything to it.
    pub fn parse(text: &str) -> Result<Self, ReferenceError> {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (text, None),
        };
        if digest.is_some_and(|digest| !is_digest(digest)) || text.is_empty() {
            return Err(ReferenceError::Format);
        }
        // A colon after the last slash starts the tag; one before it a port.
        let (name, tag) = match rest.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            _ => (rest, None),
        };
        if tag.is_some_and(|tag| !is_tag(tag)) {
            return Err(ReferenceError::Format);
        }
        if name.is_empty() {
            return Err(ReferenceError::Empty);
        }
        if name.len() > 255 {
            return Err(ReferenceError::TooLong);
        }
        if name.len() == 64
            && name
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        {
            return Err(ReferenceError::LooksLikeId {
                name: name.to_owned(),
            });
        }
        let (domain, path) = match name.split_once('/') {
            Some((domain, path)) if is_registry(domain) => (Some(domain), path),
            _ => (None, name),
        };
        if domain.is_some_and(|domain| !is_domain(domain)) {
            return Err(ReferenceError::Format);
        }
        if !path.split('/').all(is_component) {
            let lower = path.to_lowercase();
            if lower != path && lower.split('/').all(is_component) {
                return Err(ReferenceError::Uppercase {
                    name: path.to_owned(),
                });
            }
            return Err(ReferenceError::Format);
        }
        Ok(Self {
            domain: domain.map(str::to_owned),
            path: path.to_owned(),
            tag: tag.map(str::to_owned),
            digest: digest.map(str::to_owned),
        })
    }

    /// The name that a new image gets: a short name belongs to `localhost`, a name without tag and
    /// digest gets `latest`.
    #[must_use]
    pub fn local(&self) -> Self {
        let domain = self.domain.clone().or_else(|| Some("localhost".to_owned()));
        Self {
            domain,
            ..self.clone()
        }
        .tagged()
    }

    /// The full names under which an image may be found, in the order in which they count.
    pub fn candidates(&self) -> Vec<Self> {
        if self.domain.is_some() {
            return vec![self.hub_path().tagged()];
        }
        let domain = Some("docker.io".to_owned());
        let hub = Self {
            domain,
            ..self.clone()
        };
        vec![self.local(), hub.hub_path().tagged()]
    }

    /// Docker Hub's own images live under `library/`.
    fn hub_path(&self) -> Self {
        let official = self.domain.as_deref() == Some("docker.io") && !self.path.contains('/');
        let path = if official {
            format!("library/{}", self.path)
        } else {
            self.path.clone()
        };
        Self {
            path,
            ..self.clone()
        }
    }

    fn tagged(mut self) -> Self {
        if self.tag.is_none() && self.digest.is_none() {
            self.tag = Some("latest".to_owned());
        }
        self
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(domain) = &self.domain {
            write!(out, "{domain}/")?;
        }
        write!(out, "{}", self.path)?;
        if let Some(tag) = &self.tag {
            write!(out, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(out, "@{digest}")?;
        }
        Ok(())
    }
}

/// Whether what stands before the first slash is meant as a registry.
fn is_registry(text: &str) -> bool {
    text == "localhost" || text.contains(['.', ':']) || text.bytes().any(|b| b.is_ascii_uppercase())
}

fn is_domain(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (text, None),
    };
    if port.is_some_and(|port| port.is_empty() || !port.bytes().all(|b| b.is_ascii_digit())) {
        return false;
    }
    if let Some(address) = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
    {
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    host.split('.').all(|part| {
        let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        !part.is_empty()
            && part.bytes().all(inner)
            && !part.starts_with('-')
            && !part.ends_with('-')
    })
}

/// Lower-case letters and digits, in between single dots, one or two underscores, or hyphens.
fn is_component(text: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends = text.bytes().next().is_some_and(word) && text.bytes().next_back().is_some_and(word);
    ends && text
        .split(|character: char| character.is_ascii() && word(character as u8))
        .all(|separator| {
            matches!(separator, "" | "." | "_" | "__") || separator.bytes().all(|b| b == b'-')
        })
}

fn is_tag(text: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.len() <= 128
        && text.bytes().next().is_some_and(word)
        && text
            .bytes()
            .all(|byte| word(byte) || byte == b'.' || byte == b'-')
}

fn is_digest(text: &str) -> bool {
    text.split_once(':').is_some_and(|(algorithm, hex)| {
        let length = match algorithm {
            "sha256" => 64,
            "sha384" => 96,
            "sha512" => 128,
            _ => return false,
        };
        hex.len() == length
            && hex
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates(text: &str) -> Vec<String> {
        Reference::parse(text)
            .unwrap()
            .candidates()
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn short_names_are_looked_up_here_and_at_the_hub() {
        assert_eq!(
            candidates("busybox"),
            [
                "localhost/busybox:latest",
                "docker.io/library/busybox:latest"
            ]
        );
        assert_eq!(
            candidates("me/web:1"),
            ["localhost/me/web:1", "docker.io/me/web:1"]
        );
        assert_eq!(candidates("quay.io/a/b"), ["quay.io/a/b:latest"]);
        assert_eq!(
            candidates("docker.io/busybox"),
            ["docker.io/library/busybox:latest"]
        );
        assert_eq!(candidates("localhost:5000/x:y"), ["localhost:5000/x:y"]);
        let digest = format!("sha256:{}", "0".repeat(64));
        assert_eq!(
            candidates(&format!("quay.io/a@{digest}")),
            [format!("quay.io/a@{digest}")]
        );
        assert_eq!(
            Reference::parse("web").unwrap().local().to_string(),
            "localhost/web:latest"
        );
    }

    #[test]
    fn messages_are_podmans() {
        let message = |text: &str| Reference::parse(text).unwrap_err().to_string();
        for bad in [
            "",
            "a b",
            "-x",
            "a..b",
            "a___b",
            "a/",
            "a:",
            "a:-b",
            "a@sha256:12",
            "x.y:z/a",
            "/a",
        ] {
            assert_eq!(message(bad), "invalid reference format", "{bad}");
        }
        assert_eq!(
            message("Web"),
            "invalid reference format: repository name (Web) must be lowercase"
        );
        assert!(message(":tag").contains("at least one component"));
        assert!(message(&"a".repeat(256)).contains("255"));
        assert!(message(&"a".repeat(64)).contains("64-byte hexadecimal"));
    }

    #[test]
    fn odd_but_right_names() {
        for good in [
            "x/a.b-c__d/e--f",
            "[::1]:80/x",
            "UPPER.example/x:T_a-g.1",
            "a:a",
        ] {
            assert_eq!(Reference::parse(good).unwrap().to_string(), good);
        }
    }
}
