//! What the properties say: read from the database, never from a container's lock, so that nobody
//! waits for a checkpoint in order to see that there is one.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use libcr::ops::watch::{self, Snapshot};
use libcr::{Config, Engine};

use super::refusal::{Answer, Refusal};

/// How long a look is good when nobody has written to the database: a monitor that was killed writes
/// nothing.
const FRESH: Duration = Duration::from_millis(200);

/// Reads; keeps one connection to the database, and the last look.
#[derive(Debug)]
pub struct Reader {
    config: Config,
    /// One looks, the others wait without a thread.
    turn: tokio::sync::Mutex<()>,
    kept: Mutex<Option<Kept>>,
}

#[derive(Debug)]
struct Kept {
    engine: Engine,
    version: i64,
    at: Instant,
    snapshot: Arc<Snapshot>,
}

impl Reader {
    /// Opens nothing yet.
    pub fn new(config: Config) -> Self {
        Self {
            config,
            turn: tokio::sync::Mutex::default(),
            kept: Mutex::new(None),
        }
    }

    /// What there is.
    ///
    /// # Errors
    /// The database can't be read.
    pub async fn snapshot(self: &Arc<Self>) -> Answer<Arc<Snapshot>> {
        let _turn = self.turn.lock().await;
        let reader = Arc::clone(self);
        let looked = tokio::task::spawn_blocking(move || reader.look());
        let looked = looked.await.map_err(|error| Refusal::internal(&error))?;
        Ok(looked?)
    }

    fn look(&self) -> libcr::Result<Arc<Snapshot>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let engine = match kept.take() {
            None => Engine::open(self.config.clone())?,
            Some(old) => {
                let version = old.engine.store.rows().data_version()?;
                if version == old.version && old.at.elapsed() < FRESH {
                    let snapshot = Arc::clone(&old.snapshot);
                    *kept = Some(old);
                    return Ok(snapshot);
                }
                old.engine
            }
        };
        // Asked for before the look: what is written in between is seen next time.
        let version = engine.store.rows().data_version()?;
        let at = Instant::now();
        let snapshot = Arc::new(watch::snapshot(&engine)?);
        *kept = Some(Kept {
            engine,
            version,
            at,
            snapshot: Arc::clone(&snapshot),
        });
        Ok(snapshot)
    }
}
