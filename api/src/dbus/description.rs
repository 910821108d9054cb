//! The interfaces as introspection describes them, in one document:
//! `docs/api/org.cryopod.engine1.xml`, which `cargo xtask compat` writes.

use std::path::PathBuf;
use std::sync::Arc;

use libcr::Config;
use libcr::progress::Cancel;
use zbus::object_server::Interface;

use super::{Shared, path};
use crate::dbus::interfaces::checkpoint::CheckpointObject;
use crate::dbus::interfaces::container::ContainerObject;
use crate::dbus::interfaces::root::Manager;
use crate::dbus::interfaces::transfer::Transfer;
use crate::dbus::work::job::Job;
use crate::http::call::Context;
use crate::serve::activity::Activity;

/// Where it is in the repository.
pub const FILE: &str = "docs/api/org.cryopod.engine1.xml";

/// The document.
pub fn document() -> String {
    let nowhere = Config {
        root: PathBuf::from("/nonexistent"),
        run_root: PathBuf::from("/nonexistent"),
        ..Config::default()
    };
    let context = Context {
        cri_restore: false,
        streams: crate::cri::Streams::default(),
        listeners: crate::cri::events::Listeners::default(),
        config: nowhere,
        activity: Arc::new(Activity::default()),
        starts: crate::serve::starts::Starts::default(),
        terminals: crate::shared::exec::Terminals::default(),
        socket: String::new(),
    };
    let shared = Arc::new(Shared::new(Arc::new(context)));
    let none = String::new;
    let job = Job::new(0, "", none(), none(), Cancel::default()).0;
    let transfer = Transfer::new(&Arc::new(job), &shared);
    let interfaces: [(&str, &dyn Interface); 4] = [
        ("", &Manager::new(&shared)),
        ("/container/ID", &ContainerObject::new(&shared, "")),
        ("/checkpoint/ID", &CheckpointObject::new(&shared, "")),
        ("/transfer/ID", &transfer),
    ];
    let mut text = String::from(
        "<!DOCTYPE node PUBLIC \"-//freedesktop//DTD D-BUS Object Introspection 1.0//EN\"\n \"http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd\">\n<node>\n",
    );
    for (place, interface) in interfaces {
        text.push_str("  <!-- at ");
        text.push_str(path::ROOT);
        text.push_str(place);
        text.push_str(" -->\n");
        interface.introspect_to_writer(&mut text, 2);
    }
    text.push_str("</node>\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_says_what_the_code_does() {
        let file = include_str!("../../../docs/api/org.cryopod.engine1.xml");
        assert_eq!(document(), file, "run `cargo xtask compat`");
    }

    #[test]
    fn everything_is_documented() {
        let text = document();
        let mut before = "";
        let mut count = 0;
        for line in text.lines().map(str::trim) {
            let mut kinds = ["<method ", "<signal ", "<property "].iter();
            if kinds.any(|kind| line.starts_with(kind)) {
                assert_eq!(before, "-->", "nothing is said of {line}");
                count += 1;
            }
            before = line;
        }
        assert!(count > 60, "{count}");
        assert_eq!(before, "</node>");
    }
}
