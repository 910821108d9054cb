//! `events`: what happened, and what happens while one looks. Reads the `events` table; an event is
//! there if and only if it is true, since it is written in the transaction that makes it so.

use std::time::Duration;

use jiff::Timestamp;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::progress::Cancel;
pub use crate::store::event::StoredEvent;

/// How often the database is asked whether somebody wrote to it: a look at shared memory.
const POLL: Duration = Duration::from_millis(50);

/// Which events, and for how long.
#[derive(Debug, Clone, Default)]
pub struct EventsOptions {
    /// Conditions: of those with the same key one must hold, of each key.
    pub filters: Vec<EventFilter>,
    /// `--since`: only later ones.
    pub since: Option<Timestamp>,
    /// `--until`: only earlier ones; in the future, to wait until then.
    pub until: Option<Timestamp>,
    /// `--stream`: stay and report what happens.
    pub stream: bool,
    /// Streaming ends when nobody reads any more.
    pub cancel: Cancel,
}

/// What `--filter` can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterKey {
    /// `container=`: name, or beginning of the id.
    Container,
    /// `event=`, `status=`: Podman's word; `die` is `died`.
    Event,
    /// `image=`: name, or beginning of the id, in events of images.
    Image,
    /// `label=KEY` or `label=KEY=VALUE`.
    Label,
    /// `network=`: name.
    Network,
    /// `type=`: `container`, `image`, `network`, `volume`.
    Type,
    /// `volume=`: name.
    Volume,
    /// `pod=`: there are no pods, so nothing fits.
    Pod,
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventFilter {
    /// What is compared.
    pub key: FilterKey,
    /// With what.
    pub value: String,
}

impl EventFilter {
    /// As [`parse`](Self::parse) each of them.
    pub fn parse_all(texts: &[String]) -> Result<Vec<Self>> {
        texts.iter().map(|text| Self::parse(text)).collect()
    }

    /// Reads `KEY=VALUE`; keys in any case, as in Podman.
    ///
    /// # Errors
    /// [`Error::Invalid`] with Podman's words.
    pub fn parse(text: &str) -> Result<Self> {
        let (key, value) = text.split_once('=').unwrap_or((text, ""));
        let kind = match key.to_ascii_lowercase().as_str() {
            "container" => FilterKey::Container,
            "event" | "status" => FilterKey::Event,
            "image" => FilterKey::Image,
            "label" => FilterKey::Label,
            "network" => FilterKey::Network,
            "type" => FilterKey::Type,
            "volume" => FilterKey::Volume,
            "pod" => FilterKey::Pod,
            _ => {
                return Err(Error::Invalid(format!(
                    "failed to parse event filters: {key} is an invalid filter"
                )));
            }
        };
        let value = match (kind, value) {
            (FilterKey::Event, "die") => "died",
            (_, value) => value,
        };
        Ok(Self {
            key: kind,
            value: value.to_owned(),
        })
    }

    fn fits(&self, event: &StoredEvent) -> bool {
        let value = self.value.as_str();
        let is = |subject: &str| event.subject == subject;
        let named = || event.name == value || event.id.starts_with(value);
        match self.key {
            FilterKey::Container => is("container") && named(),
            FilterKey::Image => is("image") && named(),
            FilterKey::Volume => is("volume") && event.name.starts_with(value),
            FilterKey::Network => is("network") && event.name.starts_with(value),
            FilterKey::Event => event.kind == value,
            FilterKey::Type => event.subject == value,
            FilterKey::Pod => false,
            FilterKey::Label => match value.split_once('=') {
                Some((key, wanted)) => event.labels.get(key).is_some_and(|found| found == wanted),
                None => event.labels.contains_key(value),
            },
        }
    }
}

impl EventsOptions {
    fn wants(&self, event: &StoredEvent) -> bool {
        // One whose time can't be read is not held back.
        let at: Option<Timestamp> = event.time.parse().ok();
        let in_time = at.is_none_or(|at| {
            self.since.is_none_or(|since| at > since) && self.until.is_none_or(|until| at < until)
        });
        in_time
            && self.filters.iter().all(|filter| {
                let mut alike = self.filters.iter().filter(|other| other.key == filter.key);
                alike.any(|filter| filter.fits(event))
            })
    }
}

/// Reports events in their order to `sink`, until it returns false, none is left, or with `stream`
/// the time of `until` has come. Without `since` and `until` a stream begins now.
///
/// # Errors
/// The database can't be read.
pub fn events(
    engine: &Engine,
    options: &EventsOptions,
    mut sink: impl FnMut(&StoredEvent) -> bool,
) -> Result<()> {
    let rows = engine.store.rows();
    let mut seen = if options.stream && options.since.is_none() && options.until.is_none() {
        rows.last_event()?
    } else {
        0
    };
    let mut version = None;
    loop {
        // Asked for before the events: what is written in between is seen next time.
        let over = options.until.is_some_and(|until| Timestamp::now() >= until);
        let now = Some(rows.data_version()?);
        if now != version {
            version = now;
            for event in rows.events_after(seen)? {
                seen = event.number;
                if options.wants(&event) && !sink(&event) {
                    return Ok(());
                }
            }
        }
        if !options.stream || over || options.cancel.is_cancelled() {
            return Ok(());
        }
        std::thread::sleep(POLL);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;
    use crate::config::Config;
    use crate::model::container::example;

    fn kinds(engine: &Engine, options: &EventsOptions) -> Vec<String> {
        let mut kinds = Vec::new();
        let seen = events(engine, options, |event| {
            kinds.push(event.kind.clone());
            true
        });
        seen.unwrap();
        kinds
    }

    fn filtered(texts: &[&str]) -> EventsOptions {
        EventsOptions {
            filters: texts
                .iter()
                .map(|text| EventFilter::parse(text).unwrap())
                .collect(),
            ..EventsOptions::default()
        }
    }

    fn engine(root: &std::path::Path) -> Engine {
        let config = Config {
            ..Config::below(root)
        };
        Engine::open(config).unwrap()
    }

    #[test]
    fn filters_of_one_key_are_alternatives() {
        let root = tempfile::tempdir().unwrap();
        let engine = engine(root.path());
        let mut container = example("abc");
        container
            .config
            .labels
            .insert("color".into(), "blue".into());
        let written = engine.store.transaction(|rows| {
            rows.insert_event("create", &container, "")?;
            rows.insert_event("died", &container, "0")?;
            rows.insert_image_event("tag", "def", "localhost/x:latest")?;
            rows.insert_volume_event("create", "v1")
        });
        written.unwrap();
        let all = ["create", "died", "tag", "create"];
        assert_eq!(kinds(&engine, &EventsOptions::default()), all);
        for (texts, expected) in [
            (&["event=create"][..], &["create", "create"][..]),
            (&["event=create", "type=volume"], &["create"]),
            (&["event=die", "STATUS=tag"], &["died", "tag"]),
            (&["container=ab"], &["create", "died"]),
            (&["container=name-of-abc"], &["create", "died"]),
            (&["container=name"], &[]),
            (&["image=localhost/x:latest"], &["tag"]),
            (&["label=color", "event=died"], &["died"]),
            (&["label=color=red"], &[]),
            (&["volume=v1"], &["create"]),
            (&["pod=x"], &[]),
        ] {
            assert_eq!(kinds(&engine, &filtered(texts)), expected, "{texts:?}");
        }
        for text in ["foo", "foo=bar"] {
            assert_eq!(
                EventFilter::parse(text).unwrap_err().to_string(),
                "failed to parse event filters: foo is an invalid filter"
            );
        }
    }

    #[test]
    fn times_bound_and_a_stream_ends_when_its_time_has_come() {
        let root = tempfile::tempdir().unwrap();
        let engine = engine(root.path());
        let add = |name: &str| {
            let written = engine
                .store
                .transaction(|rows| rows.insert_volume_event("create", name));
            written.unwrap();
            Timestamp::now()
        };
        let between = add("before");
        add("after");
        let count = |options: &EventsOptions| kinds(&engine, options).len();
        let since = EventsOptions {
            since: Some(between),
            ..EventsOptions::default()
        };
        let until = EventsOptions {
            until: Some(between),
            stream: true,
            ..EventsOptions::default()
        };
        assert_eq!((count(&since), count(&until)), (1, 1));
    }

    #[test]
    fn a_stream_reports_what_happens_from_now_on() {
        let root = tempfile::tempdir().unwrap();
        let watched = engine(root.path());
        let other = engine(root.path());
        let add = move |name: &str| {
            let written = other
                .store
                .transaction(|rows| rows.insert_volume_event("create", name));
            written.unwrap();
        };
        add("before");
        // The stream begins while the writer is at it, wherever that is.
        let over = Arc::new(AtomicBool::new(false));
        let told = over.clone();
        let writer = std::thread::spawn(move || {
            while !told.load(Ordering::Relaxed) {
                add("after");
            }
        });
        let options = EventsOptions {
            stream: true,
            ..EventsOptions::default()
        };
        let mut names = Vec::new();
        let streamed = events(&watched, &options, |event| {
            names.push(event.name.clone());
            false
        });
        streamed.unwrap();
        over.store(true, Ordering::Relaxed);
        writer.join().unwrap();
        assert_eq!(names, ["after"]);
    }
}
