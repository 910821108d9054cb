//! The colours of the style sheet, in light and in dark: WCAG 2.2 wants a contrast of 4.5 between
//! letters and what is behind them, and of 3 for drawings.

use std::collections::HashMap;

use crate::output::page::STYLE;

/// Ink and what may be behind it.
const LETTERS: [(&str, &[&str]); 8] = [
    ("ink", &["paper", "sheet", "hair", "escape", "warn-paper"]),
    ("quiet", &["paper", "sheet", "hair"]),
    ("accent", &["paper", "sheet"]),
    ("came", &["paper"]),
    ("went", &["paper"]),
    ("changed", &["paper"]),
    ("on-bar", &["bar"]),
    (
        "label",
        &[
            "heap",
            "anonymous",
            "stack",
            "file",
            "shared",
            "vdso",
            "other",
        ],
    ),
];
const DRAWINGS: [(&str, &[&str]); 2] = [("bar", &["paper", "hair"]), ("disk", &["paper"])];

/// The variables of the block that begins at `start`.
fn colours(start: usize) -> HashMap<&'static str, &'static str> {
    let block = &STYLE[start..];
    let block = &block[..block.find('}').unwrap()];
    let declared = block.split(';').filter_map(|line| {
        let (name, value) = line.split_once("--")?.1.split_once(": ")?;
        value.strip_prefix('#').map(|value| (name, value))
    });
    declared.chain([("label", "0b0f12")]).collect()
}

fn luminance(colour: &str) -> f64 {
    [0, 2, 4]
        .map(|at| f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0)
        .map(|part| {
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        })
        .into_iter()
        .zip([0.2126, 0.7152, 0.0722])
        .map(|(part, weight)| part * weight)
        .sum()
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn all_pairs_in_both_schemes() {
    let light = STYLE.find(":root").unwrap();
    let dark = STYLE.find("prefers-color-scheme: dark").unwrap();
    for colours in [colours(light), colours(dark)] {
        assert!(colours.len() > 20, "{colours:?}");
        for (pairs, least) in [(&LETTERS[..], 4.5), (&DRAWINGS[..], 3.0)] {
            for (ink, papers) in pairs {
                for paper in *papers {
                    let found = contrast(colours[ink], colours[paper]);
                    assert!(found >= least, "{ink} on {paper}: {found:.2}");
                }
            }
        }
    }
}

#[test]
fn known_contrasts() {
    assert!((contrast("000000", "ffffff") - 21.0).abs() < 0.01);
    assert!((contrast("777777", "ffffff") - 4.48).abs() < 0.01);
}
