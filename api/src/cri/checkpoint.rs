//! `CheckpointContainer`: an archive of a container that goes on.

use std::path::PathBuf;
use std::time::Duration;

use libcr::ops::checkpoint::{CheckpointOptions, checkpoint};
use libcr::progress::Cancel;
use tokio::time::sleep;

use super::Refusal;
use super::door::Door;
use super::identity::given;
use super::messages::{CheckpointContainerRequest, Empty};
use crate::http::call::CancelGuard;

/// Answers. The container stands still while its files are captured and goes on afterwards, also after
/// a failure and when the time is over.
pub async fn container(door: Door, request: CheckpointContainerRequest) -> Result<Empty, Refusal> {
    given(&request.container_id)?;
    let location = PathBuf::from(&request.location);
    if !location.is_absolute() {
        return Err(Refusal::invalid(&format!(
            "invalid location {:?}: it must be an absolute path",
            request.location
        )));
    }
    let seconds = u64::try_from(request.timeout)
        .map_err(|_| Refusal::invalid("the time must not be negative"))?;
    let options = CheckpointOptions {
        export: Some(location),
        compress: Some("none".into()),
        leave_running: true,
        ..CheckpointOptions::default()
    };
    let id = request.container_id;
    let cancel = Cancel::default();
    let _gone = CancelGuard(cancel.clone());
    let of_work = cancel.clone();
    let work = door.run(move |engine| {
        checkpoint(engine, &id, &options, &of_work)?;
        Ok(Empty {})
    });
    tokio::pin!(work);
    if seconds == 0 {
        return work.await;
    }
    tokio::select! {
        done = &mut work => done,
        () = sleep(Duration::from_secs(seconds)) => {
            cancel.cancel();
            // It may be whole by now.
            work.await.map_err(|_| {
                Refusal::late(&format!("the checkpoint took longer than {seconds} s"))
            })
        }
    }
}
