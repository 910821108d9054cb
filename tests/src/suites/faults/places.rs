//! Where the tests of [`super::phases`] kill the engine: names of `fault::point`, by test.

/// Where each test kills the engine.
pub const PHASES: &[(&str, &[&str])] = &[
    ("create", &["begun", "directory-made", "finish"]),
    (
        "start",
        &[
            "begun",
            "leased",
            "plugged",
            "brought-up",
            "created",
            "finish",
        ],
    ),
    ("start_beside_a_checkpoint", &["pinned", "created"]),
    (
        "remove",
        &[
            "begun",
            "unplugged",
            "torn-down",
            "files-removed",
            "volumes-removed",
            "finish",
            "row-removed",
        ],
    ),
    ("remove_a_running_one", &["stopped", "begun"]),
    (
        "checkpoint",
        &[
            "begun",
            "frozen",
            "dumping",
            "dumped",
            "captured",
            "whole",
            "companions-named",
            "promoted",
            "unplugged",
            "ended",
            "finish",
            "recorded",
        ],
    ),
    (
        "checkpoint_over_an_older_one",
        &["dumped", "whole", "older-removed", "companions-named"],
    ),
    (
        "checkpoint_leaving_it_running",
        &["begun", "frozen", "dumping", "dumped", "captured", "finish"],
    ),
    (
        "checkpoint_that_ends_the_processes",
        &[
            "begun", "frozen", "dumped", "captured", "whole", "promoted", "finish",
        ],
    ),
    (
        "checkpoint_into_the_catalogue",
        &[
            "begun", "dumped", "captured", "whole", "promoted", "ended", "finish",
        ],
    ),
    (
        "checkpoint_that_shares_its_memory",
        &["generation-named", "memory-shared", "whole", "finish"],
    ),
    (
        "checkpoint_into_a_directory",
        &["dumped", "companions-named", "promoted", "finish"],
    ),
    (
        "export",
        &[
            "begun", "frozen", "dumping", "dumped", "captured", "archived", "whole", "finish",
        ],
    ),
    ("export_of_one_that_is_removed", &["recorded", "torn-down"]),
    (
        "restore",
        &[
            "begun",
            "leased",
            "plugged",
            "brought-up",
            "thawed",
            "configured",
            "images-consumed",
            "finish",
        ],
    ),
    (
        "restore_that_keeps_the_checkpoint",
        &["pinned", "brought-up", "thawed", "finish"],
    ),
    (
        "restore_to_an_earlier_instant",
        &["set-aside", "brought-up", "thawed", "aside-forgotten"],
    ),
    (
        "restore_from_the_catalogue",
        &["begun", "set-aside", "brought-up", "thawed", "finish"],
    ),
    (
        "import",
        &[
            "begun",
            "unpacked",
            "directory-made",
            "bundle-named",
            "row-made",
            "made",
            "leased",
            "brought-up",
            "thawed",
            "configured",
            "images-consumed",
            "finish",
        ],
    ),
    (
        "import_with_a_volume",
        &["row-made", "made", "brought-up", "finish"],
    ),
    (
        "pre_checkpoint",
        &[
            "begun",
            "dumped",
            "whole",
            "older-renamed",
            "promoted",
            "finish",
        ],
    ),
    (
        "import_of_a_chain",
        &["unpacked", "made", "thawed", "finish"],
    ),
];
