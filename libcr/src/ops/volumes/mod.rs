//! Named volumes: what users ask for, a file each.
