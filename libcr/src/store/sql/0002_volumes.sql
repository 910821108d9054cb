CREATE TABLE volumes (
    name    TEXT PRIMARY KEY,
    created TEXT NOT NULL,
    volume  TEXT NOT NULL
) STRICT;

-- Which containers use which volume; goes with the container.
CREATE TABLE volume_users (
    volume    TEXT NOT NULL REFERENCES volumes (name),
    container TEXT NOT NULL REFERENCES containers (id) ON DELETE CASCADE,
    PRIMARY KEY (volume, container)
) STRICT;
