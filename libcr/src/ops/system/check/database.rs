//! The database by itself: its file, references between its rows, rows that can't be read.

use crate::engine::Engine;
use crate::error::Result;

use super::CheckOptions;
use super::collected::Collected;

const CHECK: &str = "database";

pub(super) fn check<'a>(
    engine: &'a Engine,
    options: &CheckOptions,
    found: &mut Collected<'a>,
) -> Result<()> {
    let rows = engine.store.rows();
    for line in rows.damage(options.quick)? {
        found.by_hand(
            CHECK,
            format!("state.db: {line}"),
            "make a copy of it, then let sqlite3 rescue what it can: sqlite3 state.db .recover",
        );
    }
    for dangling in rows.dangling()? {
        let what = format!(
            "row {} of {} names something that is not in {}",
            dangling.row, dangling.table, dangling.parent
        );
        found.repairable(CHECK, what, "removes the row", move || {
            Ok(engine
                .store
                .transaction(|rows| rows.delete_dangling(&dangling))?)
        });
    }
    for id in rows.misfiled_containers()? {
        let what = format!("columns of container {id} differ from its configuration and state");
        found.repairable(CHECK, what, "writes the columns anew", move || {
            Ok(engine.store.transaction(|rows| rows.file_container(&id))?)
        });
    }
    Ok(())
}
