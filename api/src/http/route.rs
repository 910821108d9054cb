//! Routes: the table that requests are looked up in and documentation is written from.

use std::future::Future;
use std::pin::Pin;

use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use libcr::Engine;

use super::{Call, Failure, Reply};

/// An answer that comes later.
pub type Answer = Pin<Box<dyn Future<Output = Result<Reply, Failure>> + Send>>;

/// Answers from what is at hand.
pub type Plain = fn(&Engine, &Call) -> Result<Reply, Failure>;

/// What a request may have as its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// None that anybody reads.
    None,
    /// JSON, up to [`super::body::JSON_LIMIT`].
    Json,
    /// As much as comes, read as it comes.
    Stream,
}

/// Who answers.
#[derive(Debug, Clone, Copy)]
pub enum Handler {
    /// One call of the engine, on a thread of its own.
    Plain(Plain),
    /// An answer that streams.
    Streams(fn(Call) -> Answer),
    /// A request that streams.
    Reads(fn(Call, Incoming) -> Answer),
    /// The connection becomes a container's streams.
    Upgrades(fn(Call, OnUpgrade) -> Answer),
}

/// A route.
#[derive(Clone, Copy)]
pub struct Route {
    /// `GET`, `POST`, `DELETE`; `GET` answers `HEAD` too.
    pub method: &'static str,
    /// `/containers/{name}/json`; `{*name}` stands for several segments.
    pub pattern: &'static str,
    /// What it may bring.
    pub body: Body,
    /// Who answers.
    pub handler: Handler,
    /// What it does, in a few words.
    pub does: &'static str,
    /// The query keys and members of the body that count.
    pub takes: &'static str,
}

impl std::fmt::Debug for Route {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {}", self.method, self.pattern)
    }
}

impl Route {
    /// A route without a body.
    pub const fn get(pattern: &'static str, handler: Plain, does: &'static str) -> Self {
        Self::plain("GET", pattern, Body::None, handler, does)
    }

    /// A route that changes something, with its options in the query.
    pub const fn post(pattern: &'static str, handler: Plain, does: &'static str) -> Self {
        Self::plain("POST", pattern, Body::None, handler, does)
    }

    /// A route with its options in a JSON body.
    pub const fn json(pattern: &'static str, handler: Plain, does: &'static str) -> Self {
        Self::plain("POST", pattern, Body::Json, handler, does)
    }

    /// A route that removes something.
    pub const fn delete(pattern: &'static str, handler: Plain, does: &'static str) -> Self {
        Self::plain("DELETE", pattern, Body::None, handler, does)
    }

    /// A route with a handler of another kind.
    pub const fn of(
        method: &'static str,
        pattern: &'static str,
        body: Body,
        handler: Handler,
        does: &'static str,
    ) -> Self {
        Self {
            method,
            pattern,
            body,
            handler,
            does,
            takes: "",
        }
    }

    const fn plain(
        method: &'static str,
        pattern: &'static str,
        body: Body,
        handler: Plain,
        does: &'static str,
    ) -> Self {
        Self::of(method, pattern, body, Handler::Plain(handler), does)
    }

    /// With the keys that count.
    #[must_use]
    pub const fn takes(mut self, takes: &'static str) -> Self {
        self.takes = takes;
        self
    }

    /// Whether its body is JSON.
    pub fn takes_json(&self) -> bool {
        self.body == Body::Json
    }

    /// Whether its body is read as it comes: a tar.
    pub fn takes_stream(&self) -> bool {
        self.body == Body::Stream
    }

    /// Whether the connection becomes a container's streams.
    pub fn is_upgrade(&self) -> bool {
        matches!(self.handler, Handler::Upgrades(_))
    }

    /// What stands in the path where the pattern has names; `None` when it doesn't fit.
    pub fn matches(&self, segments: &[String]) -> Option<Vec<String>> {
        let pattern: Vec<&str> = self.pattern.split('/').skip(1).collect();
        let star = pattern.iter().position(|word| word.starts_with("{*"));
        let Some(star) = star else {
            return fit(&pattern, segments);
        };
        let after = pattern.len() - star - 1;
        if segments.len() < star + 1 + after {
            return None;
        }
        let (before, rest) = segments.split_at(star);
        let (middle, end) = rest.split_at(rest.len() - after);
        let mut names = fit(&pattern[..star], before)?;
        names.push(middle.join("/"));
        names.extend(fit(&pattern[star + 1..], end)?);
        Some(names)
    }
}

fn fit(pattern: &[&str], segments: &[String]) -> Option<Vec<String>> {
    if pattern.len() != segments.len() {
        return None;
    }
    let mut names = Vec::new();
    for (word, segment) in pattern.iter().zip(segments) {
        if word.starts_with('{') {
            if segment.is_empty() {
                return None;
            }
            names.push(segment.clone());
        } else if word != segment {
            return None;
        }
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(pattern: &'static str) -> Route {
        Route::get(pattern, |_, _| Ok(Reply::status(204)), "")
    }

    fn matched(pattern: &'static str, path: &str) -> Option<Vec<String>> {
        let segments: Vec<String> = path.split('/').skip(1).map(str::to_owned).collect();
        route(pattern).matches(&segments)
    }

    #[test]
    fn names_of_one_segment_and_of_several() {
        assert_eq!(
            matched("/a/{x}/b/{y}", "/a/1/b/2"),
            Some(vec!["1".into(), "2".into()])
        );
        assert_eq!(matched("/a/{x}", "/a/"), None);
        assert_eq!(matched("/a/{x}", "/a/1/2"), None);
        assert_eq!(
            matched("/i/{*n}/json", "/i/a/b:1/json"),
            Some(vec!["a/b:1".into()])
        );
        assert_eq!(matched("/i/{*n}/json", "/i/json"), None);
        assert_eq!(matched("/i/{*n}", "/i/a/json"), Some(vec!["a/json".into()]));
    }
}
