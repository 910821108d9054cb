//! Rows of `volumes` and `volume_users`.
