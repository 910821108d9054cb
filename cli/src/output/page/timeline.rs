//! The freeze on a time line: what happened when, and what lay between, drawn to scale; CRIU's own
//! figures beside it.

use jiff::Timestamp;
use libcr::model::checkpoint::DumpStatistics;
use libcr::model::shown::Shown;
use maud::{Markup, html};

use super::table::{Column, Section, facts, table};
use super::{text, waterfall};

/// A checkpoint has five moments; a drawing of many more tells nothing.
const MOST: usize = 24;

/// A moment whose time could be read.
struct Point {
    what: String,
    at: Timestamp,
}

/// What lies between two moments that follow each other.
pub(super) struct Interval {
    /// The two moments, harmless.
    pub(super) name: String,
    /// Microseconds since the first moment.
    pub(super) start: u64,
    /// Microseconds.
    pub(super) length: u64,
}

/// Whether the last moment of `one` is after that of `other`; false if one has none.
pub(super) fn is_later(one: &Shown, other: &Shown) -> bool {
    let last = |shown: &Shown| points(shown).pop().map(|point| point.at);
    last(one)
        .zip(last(other))
        .is_some_and(|(one, other)| one > other)
}

/// When it was frozen, else the first thing known of it: normalised, so that it is no foreign text.
pub(super) fn when(shown: &Shown) -> Option<Timestamp> {
    let points = points(shown);
    let frozen = points.iter().find(|point| point.what == "frozen");
    frozen.or(points.first()).map(|point| point.at)
}

/// From the first moment to the last.
pub(super) fn whole(shown: &Shown) -> Option<String> {
    let points = points(shown);
    let (first, last) = points.first().zip(points.last())?;
    (points.len() > 1).then(|| duration(micros(first.at, last.at)))
}

/// An instant for people: seconds, UTC.
pub(super) fn instant(at: Timestamp) -> Markup {
    html! {
        time datetime=(at.to_string()) { (at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()) }
    }
}

/// The section.
pub(super) fn section(shown: &Shown) -> Section {
    let points = points(shown);
    let intervals = intervals(&points);
    let body = html! {
        @if shown.timeline.is_empty() {
            p.quiet { "The checkpoint doesn't tell when it was made." }
        } @else {
            @if let Some(whole) = whole(shown) {
                (waterfall::drawing(&intervals, &whole))
            }
            (moments(shown, &points))
        }
        @if let Some(statistics) = &shown.statistics {
            h3 { "Measured by CRIU" }
            (figures(statistics))
        }
    };
    Section {
        id: "time",
        title: "Time line",
        note: whole(shown).unwrap_or_default(),
        body,
    }
}

fn points(shown: &Shown) -> Vec<Point> {
    let mut points: Vec<Point> = shown
        .timeline
        .iter()
        .take(MOST)
        .filter_map(|moment| {
            let at = moment.at.parse().ok()?;
            let what = text::plain(&moment.what, text::NAME);
            Some(Point { what, at })
        })
        .collect();
    points.sort_by_key(|point| point.at);
    points
}

fn intervals(points: &[Point]) -> Vec<Interval> {
    points
        .windows(2)
        .map(|pair| Interval {
            name: format!("{} → {}", pair[0].what, pair[1].what),
            start: micros(points[0].at, pair[0].at),
            length: micros(pair[0].at, pair[1].at),
        })
        .collect()
}

fn micros(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.duration_since(from).as_micros()).unwrap_or(0)
}

/// Milliseconds with three digits or more; seconds from ten seconds on.
pub(super) fn duration(micros: u64) -> String {
    let thousandths = micros % 1000;
    let millis = micros / 1000;
    match micros {
        0..10_000 => format!("{millis}.{:02} ms", thousandths / 10),
        10_000..100_000 => format!("{millis}.{} ms", thousandths / 100),
        100_000..10_000_000 => format!("{millis} ms"),
        _ => format!("{}.{} s", millis / 1000, millis % 1000 / 100),
    }
}

fn moments(shown: &Shown, points: &[Point]) -> Markup {
    let all = shown.timeline.iter().take(MOST);
    let damaged = all.filter(|moment| moment.at.parse::<Timestamp>().is_err());
    let rows = html! {
        @for (number, point) in points.iter().enumerate() {
            tr {
                th.short scope="row" { (point.what) }
                td.fixed { time datetime=(point.at.to_string()) {
                    (point.at.strftime("%Y-%m-%d ").to_string())
                    // It may be broken between the parts.
                    span.part { (point.at.strftime("%H:%M:%S").to_string()) }
                    span.part { (point.at.strftime("%.6f").to_string()) }
                } }
                @let before = &points[number.saturating_sub(1)];
                td.number {
                    @if number > 0 { (duration(micros(before.at, point.at))) } @else { "–" }
                }
                td.number { (duration(micros(points[0].at, point.at))) }
            }
        }
        @for moment in damaged {
            tr {
                th.short scope="row" { (text::name(&moment.what)) }
                td colspan="3" { (text::name(&moment.at)) " is no time" }
            }
        }
    };
    table(
        "Moments",
        &[
            Column::Short("What"),
            Column::Text("When, UTC"),
            Column::Number("Since the one before"),
            Column::Number("Since the first"),
        ],
        rows,
    )
}

fn figures(statistics: &DumpStatistics) -> Markup {
    let time = |micros: u64| (micros > 0).then(|| html! { (duration(micros)) });
    let pages = |number: u64| (number > 0).then(|| html! { (number) });
    facts([
        (
            "Until all processes stood still",
            time(statistics.freezing_time),
        ),
        ("Processes stood still", time(statistics.frozen_time)),
        ("Taking memory out", time(statistics.memdump_time)),
        ("Writing memory", time(statistics.memwrite_time)),
        ("Pages looked at", pages(statistics.pages_scanned)),
        ("Pages written", pages(statistics.pages_written)),
    ])
}

#[cfg(test)]
mod tests {
    use libcr::model::shown::Moment;

    use super::*;

    fn at(times: &[&str]) -> Shown {
        let moment = |(number, at): (usize, &&str)| Moment {
            what: ["asked", "frozen", "dumped"][number % 3].to_owned(),
            at: (*at).to_owned(),
        };
        Shown {
            timeline: times.iter().enumerate().map(moment).collect(),
            ..Shown::default()
        }
    }

    #[test]
    fn durations() {
        for (micros, text) in [
            (0, "0.00 ms"),
            (412, "0.41 ms"),
            (9_999, "9.99 ms"),
            (12_345, "12.3 ms"),
            (412_999, "412 ms"),
            (4_120_000, "4120 ms"),
            (12_345_000, "12.3 s"),
        ] {
            assert_eq!(duration(micros), text);
        }
    }

    #[test]
    fn intervals_follow_each_other() {
        let shown = at(&[
            "2026-11-22T21:00:07.000000Z",
            "2026-11-22T21:00:07.004500Z",
            "2026-11-22T21:00:08.000000Z",
        ]);
        let points = points(&shown);
        let found: Vec<_> = intervals(&points)
            .into_iter()
            .map(|interval| (interval.name, interval.start, interval.length))
            .collect();
        assert_eq!(
            found,
            [
                ("asked → frozen".to_owned(), 0, 4500),
                ("frozen → dumped".to_owned(), 4500, 995_500)
            ]
        );
        assert_eq!(whole(&shown).as_deref(), Some("1000 ms"));
    }

    #[test]
    fn damaged_times() {
        let shown = at(&["yesterday", "2026-11-22T21:00:07Z", ""]);
        assert_eq!(whole(&shown), None);
        let body = section(&shown).body.into_string();
        assert!(
            body.contains("yesterday") && !body.contains("<svg"),
            "{body}"
        );
        // The ends of what jiff can tell, backwards.
        let shown = at(&["9999-12-30T22:00:00Z", "-009999-01-02T01:59:59Z"]);
        assert!(section(&shown).body.into_string().contains("<svg"));
    }

    #[test]
    fn the_later_one() {
        let (one, two) = (at(&["2026-01-01T00:00:00Z"]), at(&["2026-01-01T00:00:01Z"]));
        assert!(is_later(&two, &one) && !is_later(&one, &two));
        assert!(!is_later(&one, &at(&[])) && !is_later(&at(&[]), &one));
    }
}
