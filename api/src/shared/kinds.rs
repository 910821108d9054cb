//! The one table from kinds of errors to what each door calls them.

use libcr::ErrorKind;

/// What the doors call a kind of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The kind.
    pub kind: ErrorKind,
    /// Status of HTTP.
    pub status: u16,
    /// Code of gRPC, by its number.
    pub code: i32,
    /// Last part of the name of an error on message buses.
    pub name: &'static str,
}

/// Every kind. Of several with one status the first stands for it.
pub const TABLE: [Row; 8] = [
    row_of(ErrorKind::NotFound, 404, 5, "NotFound"),
    row_of(ErrorKind::Conflict, 409, 6, "Conflict"),
    row_of(ErrorKind::WrongState, 409, 9, "WrongState"),
    row_of(ErrorKind::Invalid, 400, 3, "Invalid"),
    row_of(
        ErrorKind::CommandNotExecutable,
        400,
        3,
        "CommandNotExecutable",
    ),
    row_of(ErrorKind::CommandNotFound, 400, 3, "CommandNotFound"),
    row_of(ErrorKind::Failed, 500, 13, "Failed"),
    row_of(ErrorKind::Missing, 500, 13, "Missing"),
];

const fn row_of(kind: ErrorKind, status: u16, code: i32, name: &'static str) -> Row {
    Row {
        kind,
        status,
        code,
        name,
    }
}

/// The row of a kind.
pub fn row(kind: ErrorKind) -> Row {
    let found = TABLE.into_iter().find(|row| row.kind == kind);
    // The test below shows that there is one.
    found.unwrap_or(row_of(ErrorKind::Failed, 500, 13, "Failed"))
}

/// The kind that a status of HTTP stands for.
pub fn of_status(status: u16) -> ErrorKind {
    let found = TABLE.into_iter().find(|row| row.status == status);
    found.map_or(ErrorKind::Failed, |row| row.kind)
}

/// The name of a kind on D-Bus, whose own name stands for wrong arguments.
pub fn bus_name(kind: ErrorKind) -> String {
    match kind {
        ErrorKind::Invalid => "org.freedesktop.DBus.Error.InvalidArgs".into(),
        ErrorKind::Missing => "org.cryopod.engine1.MissingOnHost".into(),
        other => format!("org.cryopod.engine1.{}", row(other).name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_row() {
        use ErrorKind as K;
        for kind in [
            K::NotFound,
            K::Conflict,
            K::WrongState,
            K::Invalid,
            K::CommandNotExecutable,
            K::CommandNotFound,
            K::Missing,
            K::Failed,
        ] {
            assert_eq!(row(kind).name, format!("{kind:?}"));
        }
        assert_eq!(of_status(409), K::Conflict);
        assert_eq!(of_status(501), K::Failed);
    }
}
