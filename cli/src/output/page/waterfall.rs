//! The time line as a drawing: a bar an interval, each where and as long as it was, below a scale.

use maud::{Markup, html};

use super::drawing::{Screen, figure, fit, text_width, unit};
use super::timeline::{Interval, duration};

/// Size of the letters in the drawing.
const LETTERS: f64 = 13.0;
/// The drawing; the whole is told in its title.
#[expect(
    clippy::cast_precision_loss,
    reason = "a drawing has fewer pixels than a float has digits"
)]
pub(super) fn drawing(intervals: &[Interval], whole: &str) -> Markup {
    let description = intervals
        .iter()
        .map(|interval| format!("{}: {}", interval.name, duration(interval.length)))
        .collect::<Vec<_>>()
        .join("; ");
    let total = intervals
        .last()
        .map_or(1, |last| last.start + last.length)
        .max(1);
    figure(
        "timeline",
        &format!("From the first moment to the last, {whole}"),
        &description,
        |screen| {
            let width = screen.width();
            // Beside the bars where there is room, above them where there is not.
            let (left, row, above) = match screen {
                Screen::Wide => (200.0, 30.0, 0.0),
                Screen::Narrow => (0.0, 48.0, 20.0),
            };
            let top = 22.0;
            let scale = |micros: u64| left + micros as f64 / total as f64 * (width - left - 1.0);
            let height = top + row * intervals.len() as f64 + 4.0;
            let drawn = html! {
                @for (at, label, anchor) in ticks(total, screen) {
                    @let x = unit(scale(at) + 0.5);
                    line.tick x1=(x) x2=(x) y1="18" y2=(unit(height)) {}
                    text.scale x=(x) y="12" text-anchor=(anchor) { (label) }
                }
                @for (number, interval) in intervals.iter().enumerate() {
                    @let y = top + row * number as f64;
                    @let (x, end) = (scale(interval.start), scale(interval.start + interval.length));
                    @let length = duration(interval.length);
                    @let bar = y + above + 4.0;
                    @if screen == Screen::Wide {
                        @if let Some(name) = fit(&interval.name, LETTERS, left - 12.0) {
                            text x="0" y=(unit(bar + 15.0)) { (name) }
                        }
                    } @else if let Some(name) = fit(&interval.name, LETTERS, width - 90.0) {
                        text x="0" y=(unit(bar - 5.0)) { (name) }
                    }
                    rect.bar x=(unit(x)) y=(unit(bar)) height="20"
                        width=(unit((end - x).max(1.5))) {
                        title { (interval.name) ": " (length) }
                    }
                    (label(&length, screen, x, end, bar))
                }
            };
            (height, drawn)
        },
    )
}

/// The length of an interval: right of its bar, left of it, or in it, where there is room.
fn label(length: &str, screen: Screen, x: f64, end: f64, bar: f64) -> Markup {
    let room = text_width(length, LETTERS) + 8.0;
    let (at, anchor, class) = match screen {
        Screen::Narrow => (screen.width(), "end", "figure"),
        Screen::Wide if end + room <= screen.width() => (end + 7.0, "start", "figure"),
        Screen::Wide if end - x > room => (end - 7.0, "end", "figure inside"),
        Screen::Wide => (x - 7.0, "end", "figure"),
    };
    let y = match screen {
        Screen::Wide => bar + 15.0,
        Screen::Narrow => bar - 5.0,
    };
    html! {
        text class=(class) x=(unit(at)) y=(unit(y)) text-anchor=(anchor) { (length) }
    }
}

/// Three to six round instants on the scale.
fn ticks(total: u64, screen: Screen) -> Vec<(u64, String, &'static str)> {
    let wanted = match screen {
        Screen::Wide => 6,
        Screen::Narrow => 3,
    };
    let mut steps = (0..20)
        .flat_map(|power| [1, 2, 5].map(|digit| digit * 10_u64.pow(power).min(u64::MAX / 5)));
    let step = steps.find(|step| total / step < wanted).unwrap_or(u64::MAX);
    (0..=total / step)
        .map(|number| {
            let at = number * step;
            // The last one may stand at the edge.
            let near = total - at < total / 12;
            let anchor = match number {
                0 => "start",
                _ if near => "end",
                _ => "middle",
            };
            (at, tick(at, step), anchor)
        })
        .collect()
}

/// As many digits as the step needs.
fn tick(at: u64, step: u64) -> String {
    let (whole, part) = (at / 1000, at % 1000);
    match step {
        _ if at == 0 => "0".to_owned(),
        _ if step >= 1_000_000 => format!("{} s", at / 1_000_000),
        _ if step >= 1000 => format!("{whole} ms"),
        _ if step >= 100 => format!("{whole}.{} ms", part / 100),
        _ => format!("{whole}.{part:03} ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_round_and_short() {
        for total in [1, 7, 999, 12_345, 1_000_000, 59_999_999, u64::MAX] {
            for screen in [Screen::Wide, Screen::Narrow] {
                let ticks = ticks(total, screen);
                assert!((1..=6).contains(&ticks.len()), "{total}: {ticks:?}");
                assert!(ticks.iter().all(|(at, ..)| *at <= total));
            }
        }
        assert_eq!(
            ticks(1_234_000, Screen::Narrow)
                .into_iter()
                .map(|(_, label, _)| label)
                .collect::<Vec<_>>(),
            ["0", "500 ms", "1000 ms"]
        );
    }
}
