//! Memory as a map: each process an outlined area, in it an area a kind, as large as what the
//! checkpoint holds of it. Kinds differ by colour and by pattern.

use maud::{Markup, html};

use super::drawing::{Screen, figure, fit, text_width, unit};
use super::memory::{Holder, Kind, kind_class};
use super::squarify::{Area, squarify};
use crate::output::human;

/// Size of the letters.
const LETTERS: f64 = 12.0;
/// From one line to the next.
const LINE: f64 = 16.0;
/// Room between the edge of an area and its letters.
const EDGE: f64 = 6.0;
/// Holders of memory with an area of their own.
const MOST: usize = 60;
/// The patterns of the style sheet, by the class of the kind: what is drawn on a tile of 10 units.
const PATTERNS: [(&str, &str); 6] = [
    ("anonymous", "M4.3 4.3h1.4v1.4h-1.4z"),
    ("stack", "M0 10L10 0"),
    ("file", "M0 5H10"),
    ("shared", "M5 0V10M0 5H10"),
    ("vdso", "M0 0L10 10M0 10L10 0"),
    ("other", "M5 0V10"),
];

/// The map; nothing when the checkpoint holds no memory.
pub(super) fn map(holders: &[Holder]) -> Markup {
    let mut holders: Vec<&Holder> = holders
        .iter()
        .filter(|holder| holder.stored() > 0)
        .collect();
    if holders.is_empty() {
        return html! {};
    }
    holders.sort_by_key(|holder| std::cmp::Reverse(holder.stored()));
    let rest = Holder::together(&holders[holders.len().min(MOST)..]);
    holders.truncate(MOST);
    holders.extend(&rest);
    figure(
        "memory-map",
        "Map of the stored memory",
        "Each process is an area, divided by kind; areas are in proportion to the bytes stored. The \
         table below has the same numbers.",
        |screen| draw(&holders, screen),
    )
}

fn draw(holders: &[&Holder], screen: Screen) -> (f64, Markup) {
    let map = Area {
        x: 0.0,
        y: 0.0,
        width: screen.width(),
        height: match screen {
            Screen::Wide => 400.0,
            Screen::Narrow => 380.0,
        },
    };
    let sizes: Vec<u64> = holders.iter().map(|holder| holder.stored()).collect();
    let areas = squarify(&sizes, map);
    let (legend_height, legend) = legend(holders, screen, map.height + 12.0);
    let drawn = html! {
        defs { @for (kind, path) in PATTERNS {
            pattern id=(pattern(kind, screen)) width="10" height="10" patternUnits="userSpaceOnUse" {
                path.pattern d=(path) {}
            }
        } }
        @for (holder, area) in holders.iter().zip(&areas) { (group(holder, *area, screen)) }
        @for area in &areas { (outline(*area)) }
        (legend)
    };
    (map.height + 12.0 + legend_height, drawn)
}

fn group(holder: &Holder, within: Area, screen: Screen) -> Markup {
    let sizes: Vec<u64> = holder.kinds.iter().map(|kind| kind.memory.stored).collect();
    let areas = squarify(&sizes, within);
    let largest = (0..sizes.len()).rev().max_by_key(|at| sizes[*at]);
    html! {
        @for (at, (kind, area)) in holder.kinds.iter().zip(&areas).enumerate() {
            @if area.width * area.height > 0.0 {
                (cell(holder, kind, largest == Some(at), *area, screen))
            }
        }
    }
}

/// An area of one kind. The nested svg keeps letters inside, whatever face the browser has.
fn cell(holder: &Holder, kind: &Kind, is_largest: bool, area: Area, screen: Screen) -> Markup {
    let (class, size) = (kind.class(), human::size(kind.memory.stored));
    let lines = (area.height - 2.0 * EDGE + 4.0) / LINE;
    html! {
        svg x=(unit(area.x)) y=(unit(area.y)) width=(unit(area.width)) height=(unit(area.height)) {
            title { (kind.name) ", " (size) ": " (holder.label) }
            rect class={ "cell " (class) } width="100%" height="100%" {}
            @if class != "heap" {
                rect width="100%" height="100%" fill={ "url(#" (pattern(class, screen)) ")" } {}
            }
            @for (number, (class, text)) in (1_u8..).zip(letters(holder, kind, is_largest, area)) {
                @if f64::from(number) <= lines {
                    text class={ "label " (class) } x=(unit(EDGE))
                        y=(unit(LINE * f64::from(number) + EDGE - 5.0)) { (text) }
                }
            }
        }
    }
}

/// The lines written in an area, each with its class, as far as they fit across: in the largest of
/// a holder who that is, then kind and size. A size is not cut, since its beginning is another size.
fn letters(
    holder: &Holder,
    kind: &Kind,
    is_largest: bool,
    area: Area,
) -> impl Iterator<Item = (&'static str, String)> {
    let room = area.width - 2.0 * EDGE;
    let fits = |text: &str| text_width(text, LETTERS) <= room;
    let whole = |text: String| fits(&text).then_some(text);
    let name = match holder.pid.as_str() {
        _ if fits(&holder.label) => Some(holder.label.clone()),
        "" => fit(&holder.label, LETTERS, room),
        pid => whole(pid.to_owned()),
    };
    let size = human::size(kind.memory.stored);
    let both = format!("{} {size}", kind.name);
    let rest = if fits(&both) {
        [Some(both), None]
    } else {
        [fit(&kind.name, LETTERS, room), whole(size)]
    };
    let name = name.filter(|_| is_largest).map(|name| ("holder", name));
    name.into_iter()
        .chain(rest.into_iter().flatten().map(|text| ("", text)))
}

fn outline(area: Area) -> Markup {
    html! {
        rect.holder x=(unit(area.x)) y=(unit(area.y)) width=(unit(area.width))
            height=(unit(area.height)) {}
    }
}

/// The kinds on the map with their sums, in as many lines as they need.
fn legend(holders: &[&Holder], screen: Screen, top: f64) -> (f64, Markup) {
    let mut sums: Vec<(&str, u64)> = Vec::new();
    for kind in holders.iter().flat_map(|holder| &holder.kinds) {
        let (class, stored) = (kind_class(&kind.name), kind.memory.stored);
        match sums.iter_mut().find(|(known, _)| *known == class) {
            Some((_, sum)) => *sum = sum.saturating_add(stored),
            None if stored > 0 => sums.push((class, stored)),
            None => {}
        }
    }
    let (mut x, mut y) = (0.0, top);
    let mut placed = Vec::new();
    for (class, sum) in sums {
        let text = format!("{class} {}", human::size(sum));
        let width = text_width(&text, LETTERS) + 22.0;
        if x + width > screen.width() {
            (x, y) = (0.0, y + 22.0);
        }
        placed.push((x, y, class, text));
        x += width + 12.0;
    }
    let drawn = html! {
        @for (x, y, class, text) in placed {
            rect class={ "cell " (class) } x=(unit(x + 0.5)) y=(unit(y + 0.5)) width="14" height="14" {}
            @if class != "heap" {
                rect x=(unit(x + 0.5)) y=(unit(y + 0.5)) width="14" height="14"
                    fill={ "url(#" (pattern(class, screen)) ")" } {}
            }
            text x=(unit(x + 20.0)) y=(unit(y + 12.0)) { (text) }
        }
    };
    (y - top + 18.0, drawn)
}

fn pattern(class: &str, screen: Screen) -> String {
    format!("pattern-{class}-{}", screen.word())
}
