CREATE TABLE pods (
    id      TEXT PRIMARY KEY,
    name    TEXT NOT NULL UNIQUE,
    created TEXT NOT NULL,
    pod     TEXT NOT NULL
) STRICT;

-- A container is in one pod at most; its membership goes with it.
CREATE TABLE pod_members (
    container TEXT PRIMARY KEY REFERENCES containers (id) ON DELETE CASCADE,
    pod       TEXT NOT NULL REFERENCES pods (id)
) STRICT;

-- The pod of the container that an event is about.
ALTER TABLE events ADD COLUMN pod TEXT NOT NULL DEFAULT '';
