//! What drawings share: coordinates as text, widths of letters, and the two widths that each
//! drawing is made for, since letters in a drawing shrink with it.

use maud::{Markup, html};

/// A letter of the fixed-width face, in parts of its size: no common one is wider.
const LETTER: f64 = 0.62;

/// What a drawing is made for. Style sheets show the one that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Screen {
    /// At least 720 pixels, and paper.
    Wide,
    /// Less.
    Narrow,
}

impl Screen {
    /// Units across, a pixel each at least.
    pub(super) fn width(self) -> f64 {
        match self {
            Self::Wide => 960.0,
            Self::Narrow => 320.0,
        }
    }

    /// A word for ids and classes.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Wide => "wide-screen",
            Self::Narrow => "narrow-screen",
        }
    }
}

/// The drawing for both widths: `draw` gives its height and what is in it. `name` is ours: ids are
/// made of it.
pub(super) fn figure(
    name: &str,
    title: &str,
    description: &str,
    draw: impl Fn(Screen) -> (f64, Markup),
) -> Markup {
    html! {
        figure {
            @for screen in [Screen::Wide, Screen::Narrow] {
                @let (height, drawn) = draw(screen);
                @let id = format!("{name}-{}", screen.word());
                svg class=(screen.word()) role="img" aria-labelledby={ (id) "-t " (id) "-d" }
                    viewBox={ "0 0 " (unit(screen.width())) " " (unit(height)) }
                    xmlns="http://www.w3.org/2000/svg" {
                    title id={ (id) "-t" } { (title) }
                    desc id={ (id) "-d" } { (description) }
                    (drawn)
                }
            }
        }
    }
}

/// A coordinate.
pub(super) fn unit(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// How wide `text` is in letters of `size`.
pub(super) fn text_width(text: &str, size: f64) -> f64 {
    text.chars()
        .map(|letter| if letter.is_ascii() { 1.0 } else { 2.0 })
        .sum::<f64>()
        * LETTER
        * size
}

/// `text`, or its beginning and `…`, if at least three letters of it fit into `room`.
pub(super) fn fit(text: &str, size: f64, room: f64) -> Option<String> {
    if text_width(text, size) <= room {
        return Some(text.to_owned());
    }
    let mut short = String::new();
    for letter in text.chars() {
        short.push(letter);
        if text_width(&short, size) + LETTER * size > room {
            short.pop();
            break;
        }
    }
    (short.chars().count() >= 3).then(|| short + "…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates() {
        assert_eq!(unit(12.0), "12");
        assert_eq!(unit(0.04), "0");
        assert_eq!(unit(3.25), "3.2");
        assert_eq!(unit(960.06), "960.1");
    }

    #[test]
    fn text_is_cut_to_its_room() {
        assert_eq!(fit("heap", 10.0, 100.0).as_deref(), Some("heap"));
        assert_eq!(fit("anonymous", 10.0, 40.0).as_deref(), Some("anony…"));
        assert_eq!(fit("anonymous", 10.0, 15.0), None);
    }
}
