//! Bytes by purpose, as bars.

use libcr::model::shown::{Shown, Sizes};
use maud::{Markup, html};

use super::table::{Column, Section, table};
use crate::output::human;

/// What is in a checkpoint, each byte once, before compression.
pub(super) fn parts(sizes: &Sizes) -> [(&'static str, u64); 6] {
    [
        ("Memory pages", sizes.memory),
        (
            "Other images of CRIU",
            sizes.images.saturating_sub(sizes.memory),
        ),
        ("Root file system changes", sizes.rootfs_diff),
        ("/dev/shm", sizes.dev_shm),
        ("Volumes", sizes.volumes),
        ("Log", sizes.log),
    ]
}

/// The parts together.
pub(super) fn total(sizes: &Sizes) -> u64 {
    parts(sizes)
        .iter()
        .fold(0, |total, (_, bytes)| total.saturating_add(*bytes))
}

/// The section.
pub(super) fn section(shown: &Shown) -> Section {
    let (parts, total) = (parts(&shown.sizes), total(&shown.sizes));
    let archive = shown.sizes.archive;
    let most = parts.map(|(_, bytes)| bytes).into_iter().max().unwrap_or(0);
    let most = most.max(archive);
    let rows = html! {
        @for (name, bytes) in parts { (row(name, bytes, most, "bar")) }
        tr.sum { th scope="row" { "Together" } td.number { (human::size(total)) } td {} }
        @if archive > 0 { (row("The file on disk", archive, most, "bar disk")) }
    };
    let columns = [
        Column::Text("Part"),
        Column::Number("Size"),
        Column::Text("Against the largest"),
    ];
    Section {
        id: "sizes",
        title: "Sizes",
        note: human::size(total),
        body: html! { div.sizes { (table("What is in the checkpoint", &columns, rows)) } },
    }
}

fn row(name: &str, bytes: u64, most: u64, class: &str) -> Markup {
    html! {
        tr {
            th scope="row" { (name) }
            td.number { (human::size(bytes)) }
            td {
                @if bytes > 0 {
                    svg class=(class) aria-hidden="true" viewBox="0 0 1000 10"
                        preserveAspectRatio="none" {
                        rect width=(share(bytes, most).max(2)) height="10" {}
                    }
                }
            }
        }
    }
}

/// Thousandths of `most`.
pub(super) fn share(bytes: u64, most: u64) -> u64 {
    let share = u128::from(bytes) * 1000 / u128::from(most.max(1));
    u64::try_from(share).unwrap_or(1000).min(1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_is_counted_once() {
        let sizes = Sizes {
            archive: 500,
            memory: 700,
            images: 1000,
            rootfs_diff: 10,
            dev_shm: 20,
            volumes: 30,
            log: 40,
        };
        assert_eq!(total(&sizes), 1100);
        let absurd = Sizes {
            memory: u64::MAX,
            images: 1,
            log: u64::MAX,
            ..sizes
        };
        assert_eq!(total(&absurd), u64::MAX);
    }

    #[test]
    fn shares() {
        assert_eq!(share(0, 0), 0);
        assert_eq!(share(1, 2), 500);
        assert_eq!(share(u64::MAX, u64::MAX), 1000);
        assert_eq!(share(u64::MAX, 1), 1000);
    }
}
