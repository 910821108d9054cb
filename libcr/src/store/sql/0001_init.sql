CREATE TABLE containers (
    id      TEXT PRIMARY KEY,
    name    TEXT NOT NULL UNIQUE,
    status  TEXT NOT NULL,
    image   TEXT,
    created TEXT NOT NULL,
    config  TEXT NOT NULL,
    state   TEXT NOT NULL
) STRICT;

-- Who holds which address; goes with its container.
CREATE TABLE leases (
    network   TEXT NOT NULL,
    address   TEXT NOT NULL,
    container TEXT NOT NULL REFERENCES containers (id) ON DELETE CASCADE,
    PRIMARY KEY (network, address)
) STRICT;

-- The address leased last on each subnet: the next one is looked for after it.
CREATE TABLE last_leases (
    network TEXT NOT NULL,
    subnet  TEXT NOT NULL,
    address TEXT NOT NULL,
    PRIMARY KEY (network, subnet)
) STRICT;

CREATE TABLE images (
    id       TEXT PRIMARY KEY,
    digest   TEXT NOT NULL,
    size     INTEGER NOT NULL,
    created  TEXT NOT NULL,
    diff_ids TEXT NOT NULL,
    config   TEXT NOT NULL
) STRICT;

CREATE TABLE image_names (
    name  TEXT PRIMARY KEY,
    image TEXT NOT NULL REFERENCES images (id) ON DELETE CASCADE
) STRICT;

-- Intents of operations in flight; a row whose owner is gone is completed or undone.
CREATE TABLE operations (
    -- Never reused: whoever read a row must not take a later one for it.
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    container  TEXT NOT NULL,
    intent     TEXT NOT NULL,
    pid        INTEGER NOT NULL,
    start_time INTEGER NOT NULL,
    boot_id    TEXT NOT NULL
) STRICT;

CREATE TABLE events (
    number    INTEGER PRIMARY KEY,
    time      TEXT NOT NULL,
    kind      TEXT NOT NULL,
    container TEXT NOT NULL,
    name      TEXT NOT NULL,
    image     TEXT NOT NULL,
    detail    TEXT NOT NULL
) STRICT;
