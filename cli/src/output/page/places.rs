//! Where the container stood: mounts, volumes, networks, and what it changed of its root file
//! system.

use libcr::model::shown::{Mount, Network, Shown, Volume};
use maud::{Markup, html};

use super::table::{Column, OPEN, Section, count, facts, folded, shown as rows_of, table};
use super::text;
use crate::output::human;

/// The mounts; nothing when there is none.
pub(super) fn mounts(shown: &Shown) -> Option<Section> {
    let (mounts, left) = rows_of(&shown.mounts);
    let rows = html! {
        @for mount in mounts {
            tr {
                th.fixed scope="row" { (text::path(&mount.destination)) }
                td.short { (text::name(&mount.kind)) }
                td.fixed { (describe_mount(mount)) }
            }
        }
    };
    let columns = [
        Column::Text("In the container"),
        Column::Short("Kind"),
        Column::Text("From, with options"),
    ];
    let caption = count(shown.mounts.len(), "mount", "mounts");
    let list = html! { (table(caption, &columns, rows)) @if let Some(left) = left { (left) } };
    (!shown.mounts.is_empty()).then(|| Section {
        id: "mounts",
        title: "Mounts",
        note: shown.mounts.len().to_string(),
        body: list,
    })
}

/// Where a mount comes from, and its options.
pub(super) fn describe_mount(mount: &Mount) -> Markup {
    html! {
        (text::path(&mount.source))
        @if !mount.options.is_empty() {
            " " span.quiet { (text::path(&mount.options.join(","))) }
        }
    }
}

/// The volumes; nothing when there is none.
pub(super) fn volumes(shown: &Shown) -> Option<Section> {
    let (volumes, left) = rows_of(&shown.volumes);
    let rows = html! {
        @for volume in volumes {
            tr {
                th.fixed scope="row" { (text::path(&volume.name)) }
                td.fixed { (text::path(&volume.destination)) }
                td.number { (volume_size(volume)) }
            }
        }
    };
    let columns = [
        Column::Text("Name"),
        Column::Text("In the container"),
        Column::Number("Content"),
    ];
    let caption = count(shown.volumes.len(), "volume", "volumes");
    let list = html! { (table(caption, &columns, rows)) @if let Some(left) = left { (left) } };
    (!shown.volumes.is_empty()).then(|| Section {
        id: "volumes",
        title: "Volumes",
        note: shown.volumes.len().to_string(),
        body: list,
    })
}

/// Its size, or that it is elsewhere.
pub(super) fn volume_size(volume: &Volume) -> String {
    volume
        .size
        .map_or_else(|| "not in it".to_owned(), human::size)
}

/// The networks; nothing when there is none.
pub(super) fn networks(shown: &Shown) -> Option<Section> {
    let (networks, left) = rows_of(&shown.networks);
    let rows = html! {
        @for network in networks {
            tr {
                th.fixed scope="row" { (text::path(&network.name)) }
                td.fixed { (text::path(&network.interface)) }
                td.fixed { (addresses(network)) }
                td.fixed { (text::path(&network.mac)) }
            }
        }
    };
    let columns = [
        Column::Text("Network"),
        Column::Text("Interface"),
        Column::Text("Addresses"),
        Column::Text("MAC"),
    ];
    let caption = count(shown.networks.len(), "network", "networks");
    let list = html! { (table(caption, &columns, rows)) @if let Some(left) = left { (left) } };
    (!shown.networks.is_empty()).then(|| Section {
        id: "networks",
        title: "Networks",
        note: shown.networks.len().to_string(),
        body: list,
    })
}

/// All addresses in a line.
pub(super) fn addresses(network: &Network) -> Markup {
    html! { (text::path(&network.addresses.join(", "))) }
}

/// What was added, changed and removed; nothing when it can't be told.
pub(super) fn root_file_system(shown: &Shown) -> Option<Section> {
    let (deleted, left) = rows_of(&shown.deleted_files);
    let number = deleted.len();
    let list = html! {
        ul.fixed { @for path in deleted { li { (text::path(path)) } } }
        @if let Some(left) = left { (left) }
    };
    let body = html! {
        (facts([
            ("Added or changed", shown.changed_files.map(|files| html! { (files) })),
            ("Removed", Some(html! { (shown.deleted_files.len()) })),
        ]))
        @if number > 0 { (folded(number <= OPEN, "Removed files", list)) }
    };
    (shown.changed_files.is_some() || number > 0).then(|| Section {
        id: "root",
        title: "Root file system",
        note: String::new(),
        body,
    })
}
