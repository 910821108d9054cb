//! The pieces that the page is made of: sections, tables with caption and scoped headers, facts,
//! folded lists.

use std::fmt::Display;

use maud::{Markup, Render, html};

/// More rows than this of a list are left out: a browser should open any page.
pub(super) const ROWS: usize = 20_000;
/// Lists of up to so many rows in all are unfolded from the start.
pub(super) const OPEN: usize = 24;

/// A part of the page, named in the contents.
#[derive(Debug)]
pub(super) struct Section {
    /// Name of its anchor: ours, never data.
    pub(super) id: &'static str,
    /// Its heading.
    pub(super) title: &'static str,
    /// How much there is in it, in a word.
    pub(super) note: String,
    /// What is in it.
    pub(super) body: Markup,
}

impl Section {
    /// The section as markup.
    pub(super) fn render(&self) -> Markup {
        let heading = format!("{}-title", self.id);
        html! {
            section id=(self.id) aria-labelledby=(heading) {
                h2 id=(heading) {
                    (self.title)
                    @if !self.note.is_empty() { " " span.note { (self.note) } }
                }
                (self.body)
            }
        }
    }
}

/// A heading of a column, and how the column is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    /// Left-aligned.
    Text(&'static str),
    /// A word or two: as narrow as can be.
    Short(&'static str),
    /// Right-aligned, digits under digits.
    Number(&'static str),
}

/// A table that fits any width, its text broken where it must. Its caption is for those who come
/// upon it without seeing the heading above it.
pub(super) fn table(caption: impl Render, columns: &[Column], rows: impl Render) -> Markup {
    table_with(&html! { caption.unseen { (caption) } }, columns, rows)
}

/// The same with a caption that tells all something.
pub(super) fn captioned(caption: &str, columns: &[Column], rows: impl Render) -> Markup {
    table_with(&html! { caption { (caption) } }, columns, rows)
}

fn table_with(caption: &Markup, columns: &[Column], rows: impl Render) -> Markup {
    html! {
        table {
            (caption)
            thead {
                tr {
                    @for column in columns {
                        @match column {
                            Column::Text(title) => th scope="col" { (title) },
                            Column::Short(title) => th.short scope="col" { (title) },
                            Column::Number(title) => th.number scope="col" { (title) },
                        }
                    }
                }
            }
            tbody { (rows) }
        }
    }
}

/// A table of many numbers: on a narrow screen it is moved sideways, by keyboard too.
pub(super) fn wide(label: &str, table: impl Render) -> Markup {
    html! {
        div.wide role="group" aria-label=(label) tabindex="0" { (table) }
    }
}

/// Names and values, those without a value left out.
pub(super) fn facts<'a>(facts: impl IntoIterator<Item = (&'a str, Option<Markup>)>) -> Markup {
    html! {
        dl.facts {
            @for (name, value) in facts {
                @if let Some(value) = value {
                    div { dt { (name) } dd { (value) } }
                }
            }
        }
    }
}

/// Something to unfold.
pub(super) fn folded(open: bool, summary: impl Render, content: impl Render) -> Markup {
    html! {
        details open[open] {
            summary { span { (summary) } }
            div.folded { (content) }
        }
    }
}

/// The rows of a list that are shown, and a word on those that aren't.
pub(super) fn shown<T>(list: &[T]) -> (&[T], Option<Markup>) {
    let end = list.len().min(ROWS);
    let left = list.len() - end;
    let word = (left > 0).then(|| html! { p.quiet { "… and " (left) " more." } });
    (&list[..end], word)
}

/// `1 file`, `2 files`.
pub(super) fn count(number: impl Display, one: &str, many: &str) -> String {
    let number = number.to_string();
    let word = if number == "1" { one } else { many };
    format!("{number} {word}")
}
