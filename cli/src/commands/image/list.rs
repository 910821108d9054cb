//! `images`.

use crate::args::image::ImageList;
use crate::args::selection::at_most_one;
use crate::commands::{Opener, Outcome};
use crate::output::json::{self, is_json};
use crate::output::template::{Headings, Schema};
use crate::output::{CliError, human, print};
use jiff::Timestamp;
use libcr::model::image::Image;
use serde_json::{Value, json};

const SCHEMA: Schema = Schema(&[("*", "images.imageReporter")]);

const HEADINGS: Headings = Headings(&[
    ("Repository", "REPOSITORY"),
    ("Tag", "TAG"),
    ("ID", "IMAGE ID"),
    ("Digest", "DIGEST"),
    ("Created", "CREATED"),
    ("CreatedAt", "CREATED AT"),
    ("CreatedSince", "CREATED"),
    ("CreatedTime", "CREATED AT"),
    ("Size", "SIZE"),
    ("Labels", "LABELS"),
    ("Containers", "CONTAINERS"),
    ("History", "HISTORY"),
]);

/// Lists images, a line for each name.
pub fn run(opener: &Opener, flags: &ImageList) -> Outcome {
    let wanted = at_most_one(&flags.names)?;
    let mut images = libcr::ops::images::list::list(&opener.open()?)?;
    if let Some(wanted) = wanted {
        images.retain_mut(|(image, _)| {
            image.names.retain(|name| is_named(name, wanted));
            !image.names.is_empty()
        });
    }
    let format = flags.format.as_deref().unwrap_or_default();
    if is_json(format) && format.trim() == "json" {
        let all: Vec<Value> = images
            .iter()
            .map(|(image, users)| as_json(image, *users))
            .collect();
        return print::line(&json::pretty(&all, 4).unwrap_or_default()).map(|()| 0);
    }
    let now = Timestamp::now();
    let rows: Vec<Value> = images
        .iter()
        .flat_map(|(image, users)| rows(image, *users, flags.no_trunc, now))
        .collect();
    if flags.quiet && format.is_empty() {
        let mut shown: Vec<&str> = rows.iter().filter_map(|row| row["ID"].as_str()).collect();
        shown.dedup();
        return shown.into_iter().try_for_each(print::line).map(|()| 0);
    }
    let digest = if flags.digests { "{{.Digest}} " } else { "" };
    let standard = format!(
        "table {{{{.Repository}}}} {{{{.Tag}}}} {digest}{{{{.ID}}}} {{{{.Created}}}} {{{{.Size}}}}"
    );
    let format = if format.is_empty() { &standard } else { format };
    render(format, &rows, flags.noheading)?;
    Ok(0)
}

fn render(format: &str, rows: &[Value], noheading: bool) -> Result<(), CliError> {
    print::rows("images", format, rows, SCHEMA, HEADINGS, noheading)
}

// `web` and `web:latest` name `localhost/web:latest`.
fn is_named(name: &str, wanted: &str) -> bool {
    let (repository, _) = split(name);
    [name, repository].iter().any(|full| {
        *full == wanted
            || full
                .strip_suffix(wanted)
                .is_some_and(|start| start.ends_with('/'))
    })
}

fn split(name: &str) -> (&str, &str) {
    match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, tag),
        _ => (name, "<none>"),
    }
}

fn rows(image: &Image, users: usize, whole: bool, now: Timestamp) -> Vec<Value> {
    let created = image
        .created
        .parse::<Timestamp>()
        .unwrap_or(Timestamp::UNIX_EPOCH);
    let id = if whole {
        format!("sha256:{}", image.id)
    } else {
        human::id(&image.id, false).to_owned()
    };
    let row = |(repository, tag): (&str, &str)| {
        json!({
            "ID": id,
            "Repository": repository,
            "Tag": tag,
            "Digest": image.digest,
            "Created": human::ago(created, now),
            "CreatedSince": human::ago(created, now),
            "CreatedAt": human::go_time(created),
            "CreatedTime": human::go_time(created),
            "Size": human::size(image.size),
            "VirtualSize": human::size(image.size),
            "Labels": image.setting("Labels").cloned().unwrap_or_else(|| json!({})),
            "Containers": users,
            "History": image.names.join(", "),
            "Names": image.names,
            crate::output::template::JSON_FACE: as_json(image, users),
        })
    };
    if image.names.is_empty() {
        return vec![row(("<none>", "<none>"))];
    }
    image.names.iter().map(|name| row(split(name))).collect()
}

fn as_json(image: &Image, users: usize) -> Value {
    let created = image
        .created
        .parse::<Timestamp>()
        .unwrap_or(Timestamp::UNIX_EPOCH);
    let digests: Vec<String> = image
        .names
        .iter()
        .map(|name| format!("{}@{}", split(name).0, image.digest))
        .collect();
    json!({
        "Id": image.id,
        "ParentId": "",
        "RepoTags": null,
        "RepoDigests": digests,
        "Size": image.size,
        "SharedSize": 0,
        "VirtualSize": image.size,
        "Labels": image.setting("Labels"),
        "Containers": users,
        "Digest": image.digest,
        "History": image.names,
        "Names": image.names,
        "Created": created.as_second(),
        "CreatedAt": created.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::{is_named, split};

    #[test]
    fn names() {
        for wanted in ["web", "web:latest", "localhost/web", "localhost/web:latest"] {
            assert!(is_named("localhost/web:latest", wanted), "{wanted}");
        }
        assert!(!is_named("localhost/web:latest", "eb"));
        assert!(!is_named("localhost/web:latest", "web:1"));
        assert_eq!(
            split("localhost:5000/web"),
            ("localhost:5000/web", "<none>")
        );
    }
}
