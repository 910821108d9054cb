-- The catalogue: named checkpoints, kept in <root>/checkpoints/<container>/<id>/.
CREATE TABLE checkpoints (
    id         TEXT PRIMARY KEY,
    container  TEXT NOT NULL REFERENCES containers (id) ON DELETE CASCADE,
    created    TEXT NOT NULL,
    checkpoint TEXT NOT NULL
) STRICT;

-- One checkpoint may go by several names (checkpoint tag); it goes with its last one.
CREATE TABLE checkpoint_names (
    container  TEXT NOT NULL,
    name       TEXT NOT NULL,
    checkpoint TEXT NOT NULL REFERENCES checkpoints (id) ON DELETE CASCADE,
    PRIMARY KEY (container, name)
) STRICT;
