//! What is done with containers that are there, beside starting and stopping: joined, started anew,
//! called otherwise, looked at. And what freezing makes of each.

mod committed;
mod content;
mod copied;
mod figures;
mod joined;
mod renamed;
mod updated;

use super::{Tests, tests};
use committed::{containers_become_images, images_have_names};
use content::{pruned, published_ports, root_file_systems, what_changed};
use copied::{copies, copies_that_lead_out, copies_without_processes};
use figures::{processes, usage};
use joined::{
    an_attachment_ends_with_a_freeze_and_survives_one_that_goes_on, attached_streams_and_signals,
    keys_detach_from_a_terminal, messages_of_attach,
};
use renamed::{
    a_frozen_container_thaws_under_its_new_name, names, restarts, restarts_that_cannot_be,
};

use updated::{limits_and_restart_policy, limits_of_one_that_runs};

pub const TESTS: Tests = tests![
    attached_streams_and_signals,
    keys_detach_from_a_terminal,
    an_attachment_ends_with_a_freeze_and_survives_one_that_goes_on,
    messages_of_attach,
    names,
    a_frozen_container_thaws_under_its_new_name,
    restarts,
    restarts_that_cannot_be,
    processes,
    usage,
    what_changed,
    root_file_systems,
    published_ports,
    pruned,
    copies,
    copies_without_processes,
    copies_that_lead_out,
    limits_and_restart_policy,
    limits_of_one_that_runs,
    containers_become_images,
    images_have_names,
];

/// What needs the controllers of cgroup2.
pub const IN_VM: Tests = tests![limits_of_one_that_runs];
