//! Log messages on stderr in the notation that Podman's have (logrus): `time="…" level=warning
//! msg="…"`, or `WARN[0000] …` on a terminal, so that what reads Podman's reads ours.

use std::fmt;
use std::io::IsTerminal;
use std::sync::OnceLock;
use std::time::Instant;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::reload;

/// Sends messages of `level` and above to stderr from now on.
pub fn start(level: Level) {
    let notation = Notation {
        start: Instant::now(),
        terminal: std::io::stderr().is_terminal(),
    };
    let (filter, handle) = reload::Layer::new(LevelFilter::from_level(level));
    let messages = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .event_format(notation);
    let subscriber = tracing_subscriber::registry().with(filter).with(messages);
    let change = move |level: Level| {
        if let Err(error) = handle.reload(LevelFilter::from_level(level)) {
            tracing::warn!(%error, "log level");
        }
    };
    // A subscriber that is set already (a test's) stays.
    if tracing::subscriber::set_global_default(subscriber).is_ok() {
        let _ = CHANGE.set(Box::new(change));
    }
}

type Change = Box<dyn Fn(Level) + Send + Sync>;

/// Sets the level of the messages that go to stderr.
static CHANGE: OnceLock<Change> = OnceLock::new();

/// The level from which on messages go to stderr.
pub fn level() -> Level {
    LevelFilter::current().into_level().unwrap_or(Level::ERROR)
}

/// Sends messages of another level and above from now on.
pub fn set_level(level: Level) {
    if let Some(change) = CHANGE.get() {
        change(level);
    }
}

struct Notation {
    start: Instant,
    terminal: bool,
}

impl<S, N> FormatEvent<S, N> for Notation
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut text = Text::default();
        event.record(&mut text);
        let level = *event.metadata().level();
        if self.terminal {
            let seconds = self.start.elapsed().as_secs();
            let word = &word(level).to_ascii_uppercase();
            let short = word.get(..4).unwrap_or(word);
            return writeln!(
                writer,
                "{short}[{seconds:04}] {}{}",
                text.message, text.fields
            );
        }
        let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ");
        let (word, message) = (word(level), text.message);
        writeln!(
            writer,
            "time=\"{now}\" level={word} msg={message:?}{}",
            text.fields
        )
    }
}

fn word(level: Level) -> &'static str {
    match level {
        Level::TRACE => "trace",
        Level::DEBUG => "debug",
        Level::INFO => "info",
        Level::WARN => "warning",
        Level::ERROR => "error",
    }
}

#[derive(Default)]
struct Text {
    message: String,
    fields: String,
}

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        use fmt::Write as _;
        // Writing to a String cannot fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::Notation;
    use std::io::Write;
    use std::sync::{Arc, Mutex};
    use std::time::Instant;

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn written(terminal: bool) -> String {
        let shared = Shared::default();
        let writer = shared.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(move || writer.clone())
            .event_format(Notation {
                start: Instant::now(),
                terminal,
            })
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            tracing::warn!(container = "a", "it \"failed\"");
        });
        let bytes = shared.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn like_logrus() {
        assert_eq!(written(true), "WARN[0000] it \"failed\" container=\"a\"\n");
        let line = written(false);
        assert!(line.starts_with("time=\"2"), "{line}");
        assert!(
            line.ends_with(" level=warning msg=\"it \\\"failed\\\"\" container=\"a\"\n"),
            "{line}"
        );
    }
}
