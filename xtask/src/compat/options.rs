//! The options of checkpointing: which engine has which, what ours is called, which test shows it.
//!
//! Peers' columns are what `--help` of Podman 5.8, runc 1.3 and crun 1.28 prints (the test
//! `compat::peers_have_what_the_table_says` asks them), and of docker 26.1, ctr 1.7 and PouchContainer
//! what their command lines define.

use Peer::{Crun, Ctr, Docker, Podman, Pouch, Runc};

/// An engine that has checkpoints too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// `podman container checkpoint`, `podman container restore`.
    Podman,
    /// `runc checkpoint`, `runc restore`.
    Runc,
    /// `crun checkpoint`, `crun restore`.
    Crun,
    /// `docker checkpoint`, `docker start`.
    Docker,
    /// `pouch checkpoint`, `pouch start`.
    Pouch,
    /// `ctr tasks checkpoint`, `ctr containers checkpoint`, `ctr containers restore`.
    Ctr,
}

/// All of them, in the order of the columns.
pub const PEERS: [(Peer, &str); 6] = [
    (Podman, "Podman"),
    (Runc, "runc"),
    (Crun, "crun"),
    (Docker, "Docker"),
    (Pouch, "Pouch"),
    (Ctr, "ctr"),
];

/// What stands for an option here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ours {
    /// An option of that name.
    Option(&'static str),
    /// Nothing that a user types, and why.
    Engine(&'static str),
}

/// One option of one command.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Words after `cryopod`.
    pub command: &'static str,
    /// What we have.
    pub ours: Ours,
    /// Who has it under the same name.
    pub same: &'static [Peer],
    /// Who has it under another one.
    pub other: &'static [(Peer, &'static str)],
    /// The test that shows it, `suite::name`; empty for what is the engine's own affair.
    pub test: &'static str,
}

const fn row(
    command: &'static str,
    option: &'static str,
    same: &'static [Peer],
    test: &'static str,
) -> Row {
    Row {
        command,
        ours: Ours::Option(option),
        same,
        other: &[],
        test,
    }
}

const fn other(row: Row, other: &'static [(Peer, &'static str)]) -> Row {
    Row { other, ..row }
}

const fn engine(
    command: &'static str,
    why: &'static str,
    other: &'static [(Peer, &'static str)],
) -> Row {
    Row {
        command,
        ours: Ours::Engine(why),
        same: &[],
        other,
        test: "",
    }
}

const FREEZE: &str = "container checkpoint";
const THAW: &str = "container restore";
const CREATE: &str = "checkpoint create";
const PUSH: &str = "checkpoint push";
const RUNTIMES: &[Peer] = &[Runc, Crun];
const EACH: &[Peer] = &[Podman, Runc, Crun];

/// Every option, command by command, in the alphabet's order.
#[rustfmt::skip] // A table: a row a line.
pub const ROWS: &[Row] = &[
    row(FREEZE, "--all", &[Podman], "all::twenty_of_which_three_can_not_be_frozen"),
    row(FREEZE, "--auto-dedup", &[Runc], "precopy::chain_in_directories_of_ones_own"),
    row(FREEZE, "--compress", &[Podman], "checkpoint::compressions"),
    row(FREEZE, "--create-image", &[Podman], "checkpoint_images::made_and_thawed"),
    row(FREEZE, "--dry-run", &[], "inspections::what_a_checkpoint_would_do"),
    row(FREEZE, "--empty-ns", &[Runc], "options::empty_network_namespace"),
    row(FREEZE, "--encrypt-to", &[], "sealed::encrypted::archives_there_and_back"),
    row(FREEZE, "--export", &[Podman], "checkpoint::memory_goes_on_from_file"),
    row(FREEZE, "--ext-unix-sk", RUNTIMES, "options::outside_unix_socket_needs_its_flag"),
    row(FREEZE, "--file-locks", EACH, "workloads::kernel::file_locks"),
    row(FREEZE, "--ignore-rootfs", &[Podman], "restore::ignores_files_when_told"),
    row(FREEZE, "--ignore-volumes", &[Podman], "travel::volumes_left_out"),
    row(FREEZE, "--image-path", &[Runc, Crun, Ctr], "options::images_go_where_they_are_told"),
    row(FREEZE, "--include-image", &[], "include_image::an_archive_brings_its_image"),
    row(FREEZE, "--json", &[], "inspections::what_a_checkpoint_would_do"),
    row(FREEZE, "--keep", &[Podman], "checkpoint::inspect_says_what_happened"),
    row(FREEZE, "--latest", &[Podman], "checkpoint::prints_what_was_typed_or_ids"),
    row(FREEZE, "--lazy-pages", &[Runc], "options::memory_that_stays_behind"),
    other(row(FREEZE, "--leave-running", EACH, "consistency::leave_running_is_of_one_instant"), &[(Ctr, "the default; contrary: --exit")]),
    row(FREEZE, "--link-remap", &[Runc], "options::unlinked_file_with_another_name_needs_link_remap"),
    row(FREEZE, "--manage-cgroups-mode", RUNTIMES, "options::cgroups_ignored"),
    row(FREEZE, "--network-lock", &[Crun], "options::network_locked_by_nftables"),
    row(FREEZE, "--page-server", &[Runc], "options::memory_goes_to_a_page_server"),
    row(FREEZE, "--parent-path", RUNTIMES, "precopy::chain_in_directories_of_ones_own"),
    other(row(FREEZE, "--pre-checkpoint", &[Podman], "precopy::two_steps"), &[(Runc, "--pre-dump"), (Crun, "--pre-dump")]),
    row(FREEZE, "--print-stats", &[Podman], "checkpoint::statistics"),
    row(FREEZE, "--shell-job", RUNTIMES, "options::shell_job"),
    row(FREEZE, "--sign-by", &[], "sealed::signed::signed_there_and_back"),
    row(FREEZE, "--sign-passphrase-file", &[], "sealed::signed::locked_keys"),
    row(FREEZE, "--skip-check", &[], "inspections::a_check_is_overridden_by_name"),
    row(FREEZE, "--status-fd", &[Runc], "options::memory_that_stays_behind"),
    row(FREEZE, "--tcp-established", EACH, "network::open_connection_goes_on"),
    row(FREEZE, "--tcp-skip-in-flight", &[Runc], "options::connection_being_made_is_left_out"),
    row(FREEZE, "--with-previous", &[Podman], "precopy::two_steps"),
    row(FREEZE, "--work-path", &[Runc, Crun, Ctr], "options::logs_go_where_they_are_told"),
    row(THAW, "--all", &[Podman], "all::twenty_of_which_three_can_not_be_frozen"),
    row(THAW, "--allow-capabilities", &[], "golden::hostile_specifications"),
    row(THAW, "--allow-devices", &[], "golden::hostile_specifications"),
    row(THAW, "--allow-host-network", &[], "golden::hostile_specifications"),
    row(THAW, "--allow-mounts", &[], "golden::hostile_specifications"),
    row(THAW, "--authfile", &[], "registry::behind_tls_and_a_password"),
    row(THAW, "--auto-dedup", &[Runc], "options::pages_punched_as_they_are_used"),
    row(THAW, "--decrypt-with", &[], "sealed::encrypted::archives_there_and_back"),
    row(THAW, "--cert-dir", &[], "registry::behind_tls_and_a_password"),
    row(THAW, "--dry-run", &[], "inspections::what_a_restore_would_do"),
    row(THAW, "--empty-ns", &[Runc], "options::empty_network_namespace"),
    row(THAW, "--ext-unix-sk", RUNTIMES, "options::outside_unix_socket_needs_its_flag"),
    row(THAW, "--file-locks", EACH, "workloads::kernel::file_locks"),
    row(THAW, "--ignore-rootfs", &[Podman], "restore::ignores_files_when_told"),
    row(THAW, "--ignore-static-ip", &[Podman], "network::other_address_when_told"),
    row(THAW, "--ignore-static-mac", &[Podman], "network::other_address_when_told"),
    row(THAW, "--ignore-volumes", &[Podman], "travel::volumes_left_out"),
    row(THAW, "--image-path", RUNTIMES, "options::images_go_where_they_are_told"),
    row(THAW, "--import", &[Podman], "checkpoint::memory_goes_on_from_file"),
    row(THAW, "--import-previous", &[Podman], "precopy::two_archives"),
    row(THAW, "--json", &[], "inspections::what_a_restore_would_do"),
    row(THAW, "--keep", &[Podman], "restore::kept_checkpoint_thaws_again"),
    row(THAW, "--latest", &[Podman], "checkpoint::prints_what_was_typed_or_ids"),
    row(THAW, "--lazy-pages", &[Runc], "options::memory_follows_lazily"),
    row(THAW, "--lsm-mount-context", RUNTIMES, "options::mount_context"),
    row(THAW, "--lsm-profile", RUNTIMES, "options::security_profile_that_the_kernel_lacks"),
    row(THAW, "--manage-cgroups-mode", RUNTIMES, "options::cgroups_ignored"),
    row(THAW, "--name", &[Podman], "restore::two_thaws_side_by_side"),
    row(THAW, "--network-lock", &[Crun], "options::network_locked_by_nftables"),
    row(THAW, "--page-server", &[], "options::values_and_contradictions"),
    row(THAW, "--pod", &[Podman], "pods::freezing::from_an_archive"),
    row(THAW, "--print-stats", &[Podman], "all::lines_come_in_the_order_asked"),
    row(THAW, "--publish", &[Podman], "travel::other_ports"),
    row(THAW, "--require-signature", &[], "sealed::signed::signed_there_and_back"),
    row(THAW, "--shell-job", RUNTIMES, "options::shell_job"),
    row(THAW, "--skip-check", &[], "inspections::processors_that_lack_something"),
    row(THAW, "--tcp-close", &[Podman, Crun], "options::connections_come_back_closed"),
    row(THAW, "--tcp-established", EACH, "network::open_connection_goes_on"),
    row(THAW, "--verify-with", &[], "sealed::signed::signed_there_and_back"),
    row(THAW, "--tls-verify", &[], "registry::thawed_on_a_second_host"),
    row(THAW, "--work-path", RUNTIMES, "options::logs_go_where_they_are_told"),
    engine(THAW, "the engine gives them: its bundle, its monitor's terminal and pid file", &[(Runc, "--bundle, --console-socket, --detach, --pid-file"), (Crun, "--bundle, --console-socket, --detach, --pid-file")]),
    engine(THAW, "no question here: the root is pivoted to, the monitor reaps", &[(Runc, "--no-pivot, --no-subreaper")]),
    engine(THAW, "always both: what was loaded of an index of ctr is thawed as it is", &[(Ctr, "--rw, --live")]),
    row(CREATE, "--checkpoint-dir", &[Docker, Pouch], "catalogue::a_directory_of_ones_own"),
    row(CREATE, "--dedup", &[], "shared_memory::in_the_catalogue"),
    other(row(CREATE, "--exit", &[], "catalogue::many_of_one_container"), &[(Docker, "the default"), (Pouch, "the default")]),
    row(CREATE, "--ext-unix-sk", &[], "catalogue::options_of_criu"),
    row(CREATE, "--file-locks", &[], "catalogue::options_of_criu"),
    row(CREATE, "--leave-running", &[Docker, Pouch], "catalogue::many_of_one_container"),
    row(CREATE, "--link-remap", &[], "catalogue::options_of_criu"),
    row(CREATE, "--shell-job", &[], "catalogue::options_of_criu"),
    row(CREATE, "--skip-check", &[], "catalogue::options_of_criu"),
    row(CREATE, "--tcp-established", &[], "catalogue::taken_back_by_a_signal"),
    row(CREATE, "--tcp-skip-in-flight", &[], "catalogue::options_of_criu"),
    row(CREATE, "--with-previous", &[], "precopy::chain_of_three"),
    row("checkpoint diff", "--checkpoint-dir", &[], "catalogue::a_directory_of_ones_own"),
    row("checkpoint diff", "--format", &[], "catalogue::differences"),
    row("checkpoint inspect", "--checkpoint-dir", &[], "catalogue::a_directory_of_ones_own"),
    row("checkpoint inspect", "--format", &[], "catalogue::many_of_one_container"),
    row("checkpoint ls", "--checkpoint-dir", &[Docker, Pouch], "catalogue::a_directory_of_ones_own"),
    row("checkpoint ls", "--format", &[], "catalogue::many_of_one_container"),
    row("checkpoint ls", "--no-trunc", &[], "catalogue::many_of_one_container"),
    row("checkpoint ls", "--noheading", &[], "catalogue::many_of_one_container"),
    row("checkpoint ls", "--quiet", &[], "catalogue::pruned"),
    row("checkpoint prune", "--filter", &[], "catalogue::pruned"),
    row("checkpoint prune", "--force", &[], "catalogue::pruned"),
    row("checkpoint prune", "--keep", &[], "catalogue::pruned"),
    row("checkpoint rm", "--checkpoint-dir", &[Docker, Pouch], "catalogue::a_directory_of_ones_own"),
    row("checkpoint show", "--checkpoint-dir", &[], "showing::containers_and_their_checkpoints"),
    row("checkpoint show", "--decrypt-with", &[], "sealed::encrypted::archives_there_and_back"),
    row("checkpoint show", "--environment", &[], "showing::an_archive_of_ours"),
    row("checkpoint show", "--format", &[], "showing::containers_and_their_checkpoints"),
    row("checkpoint show", "--html", &[], "showing::containers_and_their_checkpoints"),
    row("checkpoint show", "--json", &[], "showing::an_archive_of_ours"),
    row("checkpoint verify", "--decrypt-with", &[], "sealed::encrypted::archives_there_and_back"),
    row("checkpoint verify", "--json", &[], "sealed::signed::signed_there_and_back"),
    row("checkpoint verify", "--require-signature", &[], "sealed::signed::signed_there_and_back"),
    row("checkpoint verify", "--verify-with", &[], "sealed::signed::signed_there_and_back"),
    row("system check", "--force", &[Podman], "system_check::running_containers"),
    row("system check", "--format", &[], "system_check::hosts_in_use_are_clean"),
    row("system check", "--json", &[], "system_check::hosts_in_use_are_clean"),
    row("system check", "--max", &[Podman], "system_check::hosts_in_use_are_clean"),
    row("system check", "--quick", &[Podman], "system_check::storage_and_database"),
    row("system check", "--quiet", &[], "system_check::storage_and_database"),
    row("system check", "--repair", &[Podman], "system_check::running_containers"),
    row("start", "--checkpoint", &[Docker, Pouch], "catalogue::thawed_twice_from_the_same"),
    row("start", "--checkpoint-dir", &[Docker, Pouch], "catalogue::into_another_container"),
    row(PUSH, "--binds", &[], "containerd::there_and_back"),
    row(PUSH, "--format", &[], "containerd::there_and_back"),
    row(PUSH, "--image", &[Ctr], "containerd::what_makes_no_sense"),
    row(PUSH, "--name", &[], "containerd::there_and_back"),
    row(PUSH, "--rw", &[Ctr], "containerd::what_makes_no_sense"),
    row(PUSH, "--task", &[Ctr], "containerd::what_makes_no_sense"),
];

/// Commands all of whose options are in the table; of `start` only those of checkpoints are.
pub const WHOLE: [&str; 11] = [
    FREEZE,
    THAW,
    CREATE,
    "checkpoint diff",
    "checkpoint inspect",
    "checkpoint ls",
    "checkpoint prune",
    "checkpoint rm",
    "checkpoint show",
    "checkpoint tag",
    "system check",
];
