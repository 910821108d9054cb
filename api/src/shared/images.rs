//! Images as both interfaces take them in: tars that come as a request's body.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};

use hyper::body::Incoming;
use jiff::Timestamp;
use libcr::Engine;
use libcr::model::image::Image;
use libcr::ops::images::history::history;
use libcr::ops::images::import::{ImageImport, import};
use libcr::ops::images::list::list;
use libcr::ops::images::load::load;
use libcr::ops::images::save::save;

use serde_json::{Value, json};

use crate::http::body::piped;
use crate::http::stream::{Sink, from_thread};
use crate::http::{Call, Failure, Reply};
use crate::shared::container::content::{Body, PIECE, TAR};

/// Loads the images of a body; their names.
///
/// # Errors
/// 400 for what is no archive of images.
pub async fn load_body(call: &Call, body: Incoming) -> Result<Vec<String>, Failure> {
    let (end, fill) = piped(body)?;
    let work = call.context.run(move |engine| {
        let path = end.path();
        load(engine, &path).map_err(|error| named(error.into(), &path.display().to_string()))
    });
    both(work, fill).await
}

/// An archive of the images that these words name, as it is made.
///
/// # Errors
/// 404 for an image that isn't there.
pub async fn saved(call: &Call, words: Vec<String>) -> Result<Reply, Failure> {
    let work = move |engine: &Engine, sink: &mut Sink| {
        let mut out = BufWriter::with_capacity(PIECE, Body(sink));
        save(engine, &words, &mut out)?;
        Ok(out.flush().map_err(libcr::Error::from)?)
    };
    from_thread(&call.context, call.cancel.clone(), TAR, work).await
}

/// The steps that made an image, the last one first, whose id has this before it.
///
/// # Errors
/// 404 for an image that isn't there.
pub fn steps(engine: &Engine, word: &str, before: &str) -> Result<Vec<Value>, Failure> {
    let steps = history(engine, word)?.into_iter();
    let shown = steps.map(|step| {
        let created: Timestamp = step.created.parse().unwrap_or_default();
        let id = match step.id {
            Some(id) => format!("{before}{id}"),
            None => "<missing>".to_owned(),
        };
        json!({
            "Id": id,
            "Created": created.as_second(),
            "CreatedBy": step.created_by,
            "Tags": (!step.names.is_empty()).then_some(step.names),
            "Size": step.size,
            "Comment": step.comment,
        })
    });
    Ok(shown.collect())
}

/// Imports a root file system; the image's id.
///
/// # Errors
/// 400 for what is no tar.
pub async fn import_body(
    call: &Call,
    body: Incoming,
    options: ImageImport,
) -> Result<String, Failure> {
    let (end, fill) = piped(body)?;
    let work = call
        .context
        .run(move |engine| Ok(import(engine, end.into_file(), &options)?));
    both(work, fill).await
}

/// Does the work while its pipe is filled. Where the body broke off, that is what counts.
pub async fn both<T>(
    work: impl Future<Output = Result<T, Failure>>,
    fill: impl Future<Output = Result<(), Failure>>,
) -> Result<T, Failure> {
    let (done, filled) = tokio::join!(work, fill);
    match (done, filled) {
        (Err(_), Err(broken)) => Err(broken),
        (done, _) => done,
    }
}

/// A failure that calls the body by its name, not by the pipe's.
pub fn named(failure: Failure, path: &str) -> Failure {
    Failure {
        message: failure.message.replace(path, "the request's body"),
        cause: failure.cause.replace(path, "the request's body"),
        ..failure
    }
}

/// The images that fit a list's filters, newest first, with the number of their containers.
///
/// # Errors
/// 400 for a filter that isn't known.
pub fn chosen(engine: &Engine, call: &Call) -> Result<Vec<(Image, usize)>, Failure> {
    fitting(engine, &call.query.filters()?)
}

/// The images that fit these filters, by key and value: of one key one must fit, of `label` all.
///
/// # Errors
/// 400 for a filter that isn't known.
pub fn fitting(
    engine: &Engine,
    filters: &[(String, String)],
) -> Result<Vec<(Image, usize)>, Failure> {
    for (key, _) in filters {
        if ![
            "reference",
            "label",
            "dangling",
            "id",
            "containers",
            "intermediate",
        ]
        .contains(&key.as_str())
        {
            return Err(Failure::bad(format!("invalid image filter {key:?}")));
        }
    }
    let mut images = list(engine)?;
    images.retain(|(image, users)| {
        filters.iter().all(|(key, value)| {
            let fits = |value: &str| match key.as_str() {
                "reference" => is_named(image, value),
                "id" => image.id.starts_with(value.trim_start_matches("sha256:")),
                "label" => has_label(image, value),
                "dangling" => is_true(value) == image.names.is_empty(),
                "containers" => is_true(value) == (*users > 0),
                // There are none.
                _ => !is_true(value),
            };
            if key == "label" {
                return fits(value);
            }
            let mut same = filters.iter().filter(|(other, _)| other == key);
            same.any(|(_, value)| fits(value))
        })
    });
    Ok(images)
}

fn is_true(value: &str) -> bool {
    matches!(value, "true" | "1")
}

fn has_label(image: &Image, value: &str) -> bool {
    let labels = image.setting("Labels");
    let (name, wanted) = value
        .split_once('=')
        .map_or((value, None), |(n, w)| (n, Some(w)));
    let found = labels.and_then(|labels| labels.get(name));
    found.is_some_and(|found| wanted.is_none_or(|wanted| found == wanted))
}

/// `web`, `web:latest`, `localhost/web*`.
fn is_named(image: &Image, pattern: &str) -> bool {
    image.names.iter().any(|name| {
        let (repository, _) = split(name);
        [name.as_str(), repository].iter().any(|full| {
            let mut whole = full.split('/').rev().collect::<Vec<_>>();
            let parts = pattern.split('/').count();
            whole.truncate(parts);
            whole.reverse();
            *full == pattern || glob(pattern, &whole.join("/"))
        })
    })
}

/// `*` stands for anything but a slash.
fn glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|text| {
            let reach = text.find('/').unwrap_or(text.len());
            (0..=reach).any(|skip| text.get(skip..).is_some_and(|text| glob(rest, text)))
        }),
    }
}

/// Repository and tag of a name.
pub fn split(name: &str) -> (&str, &str) {
    match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, tag),
        _ => (name, "latest"),
    }
}

/// `name@sha256:…` of each of its names.
pub fn digests(image: &Image) -> Vec<String> {
    let names = image.names.iter();
    names
        .map(|name| format!("{}@{}", split(name).0, image.digest))
        .collect()
}

/// Its labels.
pub fn labels(image: &Image) -> BTreeMap<String, String> {
    let labels = image.setting("Labels").and_then(Value::as_object);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    labels
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.clone(), text(value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_patterns() {
        let image = Image {
            id: String::new(),
            digest: String::new(),
            diff_ids: Vec::new(),
            names: vec!["localhost/a/web:1".into()],
            size: 0,
            created: String::new(),
            config: Value::Null,
        };
        for good in [
            "localhost/a/web:1",
            "localhost/a/web",
            "web",
            "web:1",
            "w*b",
            "a/w*",
            "*",
        ] {
            assert!(is_named(&image, good), "{good}");
        }
        for bad in ["eb", "web:2", "localhost/*", "*b:2"] {
            assert!(!is_named(&image, bad), "{bad}");
        }
    }
}
