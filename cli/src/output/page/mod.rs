//! The page of `checkpoint show --html`: one document with everything in it, without a script and
//! without anything from elsewhere.
//!
//! All text of a checkpoint is hostile. It reaches the page through [`text`] alone, which makes it
//! visible and short; maud escapes whatever is put into a template. No address, class or id is made
//! of it.

mod difference;
mod drawing;
mod head;
mod map;
mod memory;
mod opened;
mod places;
mod sizes;
mod squarify;
mod table;
mod text;
mod timeline;
mod tree;
mod waterfall;

#[cfg(test)]
mod tests;

use libcr::model::shown::Shown;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use table::Section;

/// Nothing is fetched and nothing runs, whatever a mistake of ours would let into the page.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
                      base-uri 'none'; form-action 'none'";
const STYLE: &str = include_str!("style.css");

/// The page of a checkpoint; with two, that of the later one, which begins with the differences.
/// Which one is later is told by their time lines; where these don't tell, it is `second`.
pub fn page(first: &Shown, second: Option<&Shown>) -> String {
    let (earlier, shown) = match second {
        None => (None, first),
        Some(second) if timeline::is_later(first, second) => (Some(second), first),
        Some(second) => (Some(first), second),
    };
    let sections = sections(earlier, shown);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                link rel="icon" href="data:,";
                title { (head::title(earlier, shown)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#content" { "Skip to the content" }
                (head::banner(earlier, shown))
                div.columns {
                    (contents(&sections))
                    main #content tabindex="-1" {
                        @for section in sections { (section.render()) }
                    }
                }
                footer {
                    p {
                        "Written by cryopod " (env!("CARGO_PKG_VERSION")) ". Sizes are in powers of "
                        "1000 before compression, times are UTC. Characters that can't be seen are "
                        "written as " span.escape { "\\u{…}" } "; what is too long is cut, "
                        code { "--json" } " has all of it."
                    }
                }
            }
        }
    }
    .into_string()
}

fn sections(earlier: Option<&Shown>, shown: &Shown) -> Vec<Section> {
    let unclear = head::unclear(shown);
    let mut sections = vec![];
    sections.extend(earlier.map(|earlier| difference::section(earlier, shown)));
    sections.push(timeline::section(shown));
    sections.push(memory::section(shown));
    sections.push(tree::section(shown));
    sections.push(opened::files(shown));
    sections.push(opened::sockets(shown));
    sections.extend(opened::environment(shown));
    sections.extend(places::mounts(shown));
    sections.extend(places::volumes(shown));
    sections.extend(places::networks(shown));
    sections.extend(places::root_file_system(shown));
    sections.push(sizes::section(shown));
    sections.extend(unclear);
    sections
}

fn contents(sections: &[Section]) -> Markup {
    html! {
        nav aria-label="Contents" {
            ul {
                @for section in sections {
                    li {
                        a href={ "#" (section.id) } {
                            span { (section.title) } " " span.note { (section.note) }
                        }
                    }
                }
            }
        }
    }
}
