//! The object of a container.

use std::io::{PipeWriter, Write};
use std::os::fd::OwnedFd as StdOwnedFd;
use std::sync::{Arc, Weak};
use std::time::Duration;

use libcr::Engine;
use libcr::model::container::Container;
use libcr::ops::checkpoint::checkpoint;
use libcr::ops::lifecycle::logs::{LogOptions, is_readable, logs};
use libcr::ops::lifecycle::{inspect, kill, pause, rm, start, stop, wait};
use libcr::ops::watch::Seen;
use libcr::ops::{checkpoints, restore};
use libcr::progress::Cancel;
use zbus::message::Header;
use zbus::zvariant::{OwnedFd, OwnedObjectPath};
use zbus::{Connection, fdo, interface};

use super::facts;
use super::transfer::{Ask, Begun, Leaving, begin};
use crate::dbus::authority::{self, Action};
use crate::dbus::refusal::{Answer, CANCELLED, NOT_SUPPORTED, Refusal};
use crate::dbus::work::asked;
use crate::dbus::work::job::Fact;
use crate::dbus::work::options::{Given, Options};
use crate::dbus::work::pump::{self, Pump};
use crate::dbus::{Shared, path};
use crate::http::call::CancelGuard;

/// How often it is looked whether anybody still reads a log that is followed.
const LOOK: Duration = Duration::from_millis(500);

/// The object of a container.
#[derive(Debug)]
pub struct ContainerObject {
    shared: Arc<Shared>,
    id: String,
}

impl ContainerObject {
    /// Of the container with this id.
    pub fn new(shared: &Arc<Shared>, id: &str) -> Self {
        Self {
            shared: Arc::clone(shared),
            id: id.to_owned(),
        }
    }

    async fn seen<T>(&self, fact: impl FnOnce(&Seen) -> T) -> fdo::Result<T> {
        let snapshot = self.shared.reader.snapshot().await;
        let snapshot = snapshot.map_err(|error| fdo::Error::Failed(error.message))?;
        let seen = snapshot.containers.get(&self.id);
        seen.map(fact)
            .ok_or_else(|| fdo::Error::UnknownObject(format!("container {} is gone", self.id)))
    }

    async fn name_of(&self) -> String {
        let name = self.seen(|seen| seen.container.config.name.clone()).await;
        name.unwrap_or_else(|_| self.id.clone())
    }

    /// Does something with it for a caller who may.
    async fn act<T: Send + 'static>(
        &self,
        (connection, header): (&Connection, &Header<'_>),
        action: Action,
        work: impl FnOnce(&Engine, &str) -> libcr::Result<T> + Send + 'static,
    ) -> Answer<T> {
        authority::allow(&self.shared.asking, connection, header, action, &self.id).await?;
        let id = self.id.clone();
        self.shared.run(move |engine| work(engine, &id)).await
    }
}

/// A container. What its properties say is read without waiting for what is being done with it.
///
/// Methods that begin long work answer at once with a transfer: its number and its object. With the
/// option `wait` (b) they answer when it is over, and fail with its error. It is taken back when its
/// caller leaves the bus, unless it was told to `detach` (b). Options are the flags of the command
/// of the same name, without their dashes; unknown ones are refused.
#[interface(name = "org.cryopod.engine1.Container")]
impl ContainerObject {
    /// Starts it; one that runs is left as it is.
    async fn start(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<(), Refusal> {
        let caller = (connection, &header);
        self.act(caller, Action::Manage, |engine, id| {
            start::start(engine, id, false).map(drop)
        })
        .await
    }

    /// Stops it, with SIGKILL after so many microseconds; with the largest number: after its own time.
    async fn stop(
        &self,
        timeout_usec: u64,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<(), Refusal> {
        let seconds = (timeout_usec != u64::MAX)
            .then(|| u32::try_from(timeout_usec.div_ceil(1_000_000)).unwrap_or(u32::MAX));
        let caller = (connection, &header);
        self.act(caller, Action::Manage, move |engine, id| {
            stop::stop(engine, id, seconds).map(drop)
        })
        .await
    }

    /// Sends a signal to its first process (`leader`).
    async fn kill(
        &self,
        who: &str,
        signal: i32,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<(), Refusal> {
        match who {
            "leader" | "" => {}
            "all" => {
                let message = "a signal goes to the first process alone: \"leader\"";
                return Err(Refusal::new(NOT_SUPPORTED, message));
            }
            _ => return Err(Refusal::invalid(format!("{who:?} is not \"leader\""))),
        }
        let caller = (connection, &header);
        self.act(caller, Action::Manage, move |engine, id| {
            kill::kill(engine, id, &signal.to_string()).map(drop)
        })
        .await
    }

    /// Stops its processes in memory.
    async fn pause(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<(), Refusal> {
        let caller = (connection, &header);
        self.act(caller, Action::Manage, |engine, id| {
            pause::pause(engine, id).map(drop)
        })
        .await
    }

    /// Lets them go on.
    async fn unpause(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<(), Refusal> {
        let caller = (connection, &header);
        self.act(caller, Action::Manage, |engine, id| {
            pause::unpause(engine, id).map(drop)
        })
        .await
    }

    /// Waits until it has ended.
    #[zbus(out_args("exit_code"))]
    async fn wait(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<i32, Refusal> {
        authority::allow(
            &self.shared.asking,
            connection,
            &header,
            Action::Inspect,
            &self.id,
        )
        .await?;
        let (config, id) = (self.shared.context.config.clone(), self.id.clone());
        let caller = authority::caller(&header)?;
        let turn = self.shared.staying.take(&caller)?;
        let mut gone = Leaving::watch(connection, &caller).await?;
        let cancel = Cancel::default();
        let _guard = CancelGuard(cancel.clone());
        // No work that must come to its end: whoever waits may go.
        let waited = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let engine = Engine::open(config)?;
            let ended = |container: &Container| !container.state.status.is_alive();
            wait::wait_until(&engine, &id, &cancel, ended)
        });
        let code = tokio::select! {
            waited = waited => waited.map_err(|error| Refusal::internal(&error))??,
            () = gone.left() => None,
        };
        code.ok_or_else(|| Refusal::new(CANCELLED, "nobody waits any more"))
    }

    /// Removes it. Options: `force` (b), `volumes` (b), `time` (t, seconds).
    async fn remove(
        &self,
        options: Given,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<(), Refusal> {
        let mut options = Options::new(options);
        let wanted = rm::RmOptions {
            force: options.flag("force")?,
            timeout: options.small("time")?,
            volumes: options.flag("volumes")?,
        };
        options.finish()?;
        let caller = (connection, &header);
        self.act(caller, Action::Manage, move |engine, id| {
            rm::rm(engine, id, wanted).map(drop)
        })
        .await?;
        self.shared.refresh(connection).await
    }

    /// All that is known of it, as the JSON of `cryopod container inspect`.
    #[zbus(out_args("json"))]
    async fn inspect(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<String, Refusal> {
        let caller = (connection, &header);
        let value = self.act(caller, Action::Inspect, inspect::inspect).await?;
        Ok(value.to_string())
    }

    /// What it wrote, as a pipe. Options: `follow` (b), `tail` (t, lines).
    #[zbus(out_args("log"))]
    async fn read_log(
        &self,
        options: Given,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<OwnedFd, Refusal> {
        let mut options = Options::new(options);
        let wanted = LogOptions {
            follow: options.flag("follow")?,
            tail: options.small("tail")?,
            ..LogOptions::default()
        };
        options.finish()?;
        authority::allow(
            &self.shared.asking,
            connection,
            &header,
            Action::Inspect,
            &self.id,
        )
        .await?;
        let readable = self.seen(|seen| is_readable(&seen.container)).await;
        readable.map_err(zbus::Error::from)??;
        let turn = self.shared.staying.take(&authority::caller(&header)?)?;
        let (reader, writer) = std::io::pipe().map_err(|error| Refusal::internal(&error))?;
        let (config, id) = (self.shared.context.config.clone(), self.id.clone());
        let writer = Arc::new(writer);
        tokio::spawn(until_unread(Arc::downgrade(&writer), wanted.cancel.clone()));
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let mut writer = &*writer;
            let written = Engine::open(config).and_then(|engine| {
                logs(&engine, &id, &wanted, |line| {
                    writer.write_all(&line.text).is_ok()
                })
            });
            if let Err(error) = written {
                let _ = writeln!(writer, "{}", libcr::error::one_line(&error));
            }
        });
        Ok(StdOwnedFd::from(reader).into())
    }

    /// Freezes it on this host: into the catalogue under a name, or without one as its own checkpoint.
    /// Options of `cryopod container checkpoint`: `keep`, `leave-running`, `tcp-established`,
    /// `file-locks`, `pre-checkpoint`, `with-previous` (b), `create-image` (s), `skip-check` (as);
    /// `wait`, `detach`.
    #[zbus(out_args("id", "transfer"))]
    async fn checkpoint(
        &self,
        name: String,
        options: Given,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<Begun, Refusal> {
        let mut options = Options::new(options);
        let hearing = asked::hearing(&mut options)?;
        let mut wanted = asked::checkpoint(&mut options)?;
        options.finish()?;
        let named = !name.is_empty();
        wanted.named = named.then(|| asked::place(&name));
        authority::allow(
            &self.shared.asking,
            connection,
            &header,
            Action::Checkpoint,
            &self.id,
        )
        .await?;
        let ask = self.ask("checkpoint", hearing, Cancel::default()).await;
        let id = self.id.clone();
        begin(
            &self.shared,
            connection,
            &header,
            ask,
            move |engine, job| {
                let done = checkpoint(engine, &id, &wanted, job)?;
                let mut report = asked::checkpointed(&done);
                if named {
                    let all = checkpoints::list::list(engine, Some(&id), None)?;
                    let made = all.iter().find(|one| one.checkpoint.name == name);
                    if let Some(made) = made {
                        let object = path::checkpoint(&made.checkpoint.id);
                        report = report.with("Checkpoint", Fact::Path(object));
                    }
                }
                Ok(report)
            },
        )
        .await
    }

    /// Freezes it into an archive, which goes to a descriptor that is open to be written: a file, a
    /// pipe or a stream socket. The container ends when all of it has been taken, and goes on
    /// otherwise. Options as of `Checkpoint`, and `compress` (s: `zstd`, `gzip`, `none`),
    /// `ignore-rootfs`, `ignore-volumes` (b).
    #[zbus(out_args("id", "transfer"))]
    async fn export(
        &self,
        archive: OwnedFd,
        options: Given,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<Begun, Refusal> {
        let mut options = Options::new(options);
        let hearing = asked::hearing(&mut options)?;
        let mut wanted = asked::checkpoint(&mut options)?;
        options.finish()?;
        authority::allow(
            &self.shared.asking,
            connection,
            &header,
            Action::Export,
            &self.id,
        )
        .await?;
        let cancel = Cancel::default();
        let pump = Pump::to(archive.into(), &cancel)?;
        let file = pump.path();
        wanted.export = Some(file.clone());
        let ask = self.ask("export", hearing, cancel).await;
        let id = self.id.clone();
        begin(
            &self.shared,
            connection,
            &header,
            ask,
            move |engine, job| {
                job.writes_through(pump);
                let done = job.settled(checkpoint(engine, &id, &wanted, job));
                let shown = file.display().to_string();
                let done = done.map_err(|refusal| refusal.naming(&shown, pump::SHOWN))?;
                Ok(asked::checkpointed(&done))
            },
        )
        .await
    }

    /// Thaws it from its own checkpoint, or from a named one (option `checkpoint`, s). Other options
    /// of `cryopod container restore`: `keep`, `tcp-established`, `tcp-close`, `file-locks`,
    /// `ignore-static-ip`, `ignore-static-mac` (b), `skip-check` (as); `wait`, `detach`.
    #[zbus(out_args("id", "transfer"))]
    async fn restore(
        &self,
        options: Given,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<Begun, Refusal> {
        let mut options = Options::new(options);
        let hearing = asked::hearing(&mut options)?;
        let named = options.text("checkpoint")?;
        let mut wanted = asked::restore(&mut options)?;
        options.finish()?;
        wanted.named = named.as_deref().map(asked::place);
        authority::allow(
            &self.shared.asking,
            connection,
            &header,
            Action::Restore,
            &self.id,
        )
        .await?;
        let ask = self.ask("restore", hearing, Cancel::default()).await;
        let id = self.id.clone();
        begin(
            &self.shared,
            connection,
            &header,
            ask,
            move |engine, job| {
                let done = restore::restore(engine, &id, &wanted, job)?;
                Ok(asked::restored(&done))
            },
        )
        .await
    }

    /// 64 hexadecimal digits.
    #[zbus(property(emits_changed_signal = "const"))]
    fn id(&self) -> &str {
        &self.id
    }

    /// Its name, which no other container has.
    #[zbus(property)]
    async fn name(&self) -> fdo::Result<String> {
        self.seen(|seen| seen.container.config.name.clone()).await
    }

    /// Name of its image; empty for a directory.
    #[zbus(property(emits_changed_signal = "const"))]
    async fn image(&self) -> fdo::Result<String> {
        self.seen(|seen| seen.container.config.rootfs.image_name().to_owned())
            .await
    }

    /// Id of its image; empty for a directory.
    #[zbus(property(emits_changed_signal = "const"))]
    async fn image_id(&self) -> fdo::Result<String> {
        self.seen(|seen| {
            let id = seen.container.config.rootfs.image_id();
            id.unwrap_or_default().to_owned()
        })
        .await
    }

    /// OCI runtime: `crun` or `runc`.
    #[zbus(property(emits_changed_signal = "const"))]
    async fn runtime(&self) -> fdo::Result<String> {
        self.seen(|seen| seen.container.config.runtime.clone())
            .await
    }

    /// When it was made; as all times microseconds since 1970, 0: never.
    #[zbus(property(emits_changed_signal = "const"), name = "CreatedUSec")]
    async fn created_usec(&self) -> fdo::Result<u64> {
        self.seen(|seen| facts::microseconds(Some(&seen.container.config.created)))
            .await
    }

    /// When it was started last.
    #[zbus(property, name = "StartedUSec")]
    async fn started_usec(&self) -> fdo::Result<u64> {
        self.seen(|seen| facts::microseconds(seen.container.state.started_at.as_deref()))
            .await
    }

    /// When it ended last.
    #[zbus(property, name = "FinishedUSec")]
    async fn finished_usec(&self) -> fdo::Result<u64> {
        self.seen(|seen| facts::microseconds(seen.container.state.finished_at.as_deref()))
            .await
    }

    /// When it was frozen, if it is.
    #[zbus(property, name = "CheckpointedUSec")]
    async fn checkpointed_usec(&self) -> fdo::Result<u64> {
        self.seen(|seen| facts::microseconds(seen.container.state.checkpointed_at.as_deref()))
            .await
    }

    /// When it was thawed, if it runs since a thaw.
    #[zbus(property, name = "RestoredUSec")]
    async fn restored_usec(&self) -> fdo::Result<u64> {
        self.seen(|seen| facts::microseconds(seen.container.state.restored_at.as_deref()))
            .await
    }

    /// `created`, `running`, `paused`, `exited`, `removing`.
    #[zbus(property)]
    async fn state(&self) -> fdo::Result<String> {
        self.seen(|seen| seen.container.state.status.as_str().to_owned())
            .await
    }

    /// What is being done with it: `checkpoint`, `restore`, `start`, …; empty: nothing.
    #[zbus(property)]
    async fn operation(&self) -> fdo::Result<String> {
        self.seen(|seen| seen.operation.to_owned()).await
    }

    /// Its first process, 0: none.
    #[zbus(property)]
    async fn pid(&self) -> fdo::Result<u32> {
        self.seen(facts::pid).await
    }

    /// How it ended last.
    #[zbus(property)]
    async fn exit_code(&self) -> fdo::Result<i32> {
        self.seen(|seen| seen.container.state.exit_code).await
    }

    /// Ended by the kernel for want of memory.
    #[zbus(property, name = "OOMKilled")]
    async fn oom_killed(&self) -> fdo::Result<bool> {
        self.seen(|seen| seen.container.state.oom_killed).await
    }

    /// `healthy`, `unhealthy` or `starting`; empty: it has no health check.
    #[zbus(property)]
    async fn health(&self) -> fdo::Result<String> {
        self.seen(|seen| facts::health(seen).to_owned()).await
    }

    /// Restarts by its policy so far.
    #[zbus(property)]
    async fn restart_count(&self) -> fdo::Result<u32> {
        self.seen(|seen| seen.container.state.restart_count).await
    }

    /// How many named checkpoints it has.
    #[zbus(property)]
    async fn checkpoint_count(&self) -> fdo::Result<u32> {
        self.seen(facts::checkpoint_count).await
    }

    /// Its named checkpoints, oldest first.
    #[zbus(property)]
    async fn checkpoints(&self) -> fdo::Result<Vec<OwnedObjectPath>> {
        self.seen(facts::checkpoints).await
    }
}

impl ContainerObject {
    async fn ask(&self, kind: &'static str, hearing: asked::Hearing, cancel: Cancel) -> Ask {
        Ask {
            kind,
            subject: self.name_of().await,
            wait: hearing.wait,
            detach: hearing.detach,
            cancel,
        }
    }
}

/// Cancels when nobody reads from a pipe any more; ends with its writer.
async fn until_unread(writer: Weak<PipeWriter>, cancel: Cancel) {
    loop {
        tokio::time::sleep(LOOK).await;
        let Some(writer) = writer.upgrade() else {
            return;
        };
        if pump::is_unread(&*writer) {
            cancel.cancel();
            return;
        }
    }
}
