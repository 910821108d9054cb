//! What is done with containers that are there, beside starting and stopping: joined, started anew,
//! called otherwise, looked at. And what freezing makes of each.

mod committed;
mod content;
mod copied;
mod figures;
mod joined;
mod kernel;
mod logged;
mod renamed;
mod updated;

use super::{Tests, tests};
use committed::{
    containers_become_images, images_go_out, images_have_names, images_that_nobody_uses_go,
};
use content::{pruned, published_ports, root_file_systems, what_changed};
use copied::{copies, copies_that_lead_out, copies_without_processes};
use figures::{processes, usage};
use joined::{
    a_process_has_a_terminal_where_its_caller_has_none,
    an_attachment_ends_with_a_freeze_and_survives_one_that_goes_on, attached_streams_and_signals,
    keys_detach_from_a_terminal, messages_of_attach, what_comes_last_is_seen,
};
use kernel::{settings_limits_and_devices, settings_that_cannot_be, volumes_of_another};
use logged::a_log_has_a_size;
use renamed::{
    a_frozen_container_thaws_under_its_new_name, names, restarts, restarts_that_cannot_be,
};

use updated::{limits_and_restart_policy, limits_from_the_beginning, limits_of_one_that_runs};

pub const TESTS: Tests = tests![
    attached_streams_and_signals,
    keys_detach_from_a_terminal,
    an_attachment_ends_with_a_freeze_and_survives_one_that_goes_on,
    once messages_of_attach,
    once a_log_has_a_size,
    once limits_from_the_beginning,
    a_process_has_a_terminal_where_its_caller_has_none,
    what_comes_last_is_seen,
    once names,
    a_frozen_container_thaws_under_its_new_name,
    restarts,
    once restarts_that_cannot_be,
    processes,
    usage,
    what_changed,
    once root_file_systems,
    once published_ports,
    once pruned,
    copies,
    copies_without_processes,
    copies_that_lead_out,
    limits_and_restart_policy,
    limits_of_one_that_runs,
    containers_become_images,
    once images_have_names,
    once images_go_out,
    once images_that_nobody_uses_go,
    settings_limits_and_devices,
    once settings_that_cannot_be,
    once volumes_of_another,
];

/// What needs the controllers of cgroup2.
pub const IN_VM: Tests = tests![limits_of_one_that_runs];
