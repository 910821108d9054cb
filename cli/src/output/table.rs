//! Columns as Podman aligns them (Go's tabwriter with a least width of 12 and 2 blanks between).

use std::fmt::Write as _;

/// No column but the last is narrower than this, its gap included.
const LEAST: usize = 12;
const GAP: usize = 2;

/// Rows of cells as lines, each with a line end. Rows may differ in length.
pub fn align(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            // The last cell of a row has nothing to its right, so it widens nothing.
            let cells = rows.iter().filter(|row| column + 1 < row.len());
            let widest = cells
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or(0);
            (widest + GAP).max(LEAST)
        })
        .collect();
    let mut text = String::new();
    for row in rows {
        for (column, cell) in row.iter().enumerate() {
            if column + 1 == row.len() {
                text.push_str(cell);
            } else {
                let width = widths[column];
                let _ = write!(text, "{cell:<width$}");
            }
        }
        text.push('\n');
    }
    text
}

/// Lines of cells that tabs part, as a `table` template makes them.
pub fn align_tabs(text: &str) -> String {
    let rows: Vec<Vec<String>> = text
        .lines()
        .map(|line| line.split('\t').map(str::to_owned).collect())
        .collect();
    align(&rows)
}

#[cfg(test)]
mod tests {
    use super::{align, align_tabs};

    #[test]
    fn like_podmans_images() {
        let row = |cells: [&str; 5]| cells.map(str::to_owned).to_vec();
        assert_eq!(
            align(&[row(["REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"])]),
            "REPOSITORY  TAG         IMAGE ID    CREATED     SIZE\n"
        );
        assert_eq!(
            align(&[
                row(["REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"]),
                row([
                    "localhost/foo",
                    "latest",
                    "7331b3af5b27",
                    "1 second ago",
                    "2.07 MB"
                ]),
            ]),
            "REPOSITORY     TAG         IMAGE ID      CREATED       SIZE\n\
             localhost/foo  latest      7331b3af5b27  1 second ago  2.07 MB\n"
        );
    }

    #[test]
    fn tabs() {
        assert_eq!(
            align_tabs("ID\tNAMES\nabc\tx\n"),
            "ID          NAMES\nabc         x\n"
        );
        assert_eq!(align_tabs(""), "");
    }
}
