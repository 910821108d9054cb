//! The object that everything begins with.

use std::sync::Arc;

use libcr::ops::images::{Access, list, pull, remove};
use libcr::ops::lifecycle::create;
use libcr::ops::{restore, watch};
use libcr::progress::Cancel;
use zbus::message::Header;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{ObjectPath, OwnedFd, OwnedObjectPath};
use zbus::{Connection, interface};

use super::facts;
use super::transfer::{Ask, Begun, Row, begin};
use crate::dbus::authority::{self, Action};
use crate::dbus::refusal::{Answer, INVALID, Refusal};
use crate::dbus::work::asked;
use crate::dbus::work::job::{Fact, Report};
use crate::dbus::work::options::{Given, Options};
use crate::dbus::work::pump::{self, Pump};
use crate::dbus::{Shared, path};

/// The manager.
#[derive(Debug)]
pub struct Manager {
    shared: Arc<Shared>,
}

impl Manager {
    /// Of a service.
    pub fn new(shared: &Arc<Shared>) -> Self {
        Self {
            shared: Arc::clone(shared),
        }
    }

    /// The object of a container that is there.
    async fn object(&self, connection: &Connection, id: &str) -> Answer<OwnedObjectPath> {
        // One that was made just now has none before the next look.
        self.shared.refresh(connection).await?;
        Ok(path::container(id))
    }
}

/// Containers, their checkpoints and images, and the work that goes on.
///
/// Everybody whom the bus lets talk to the service sees names and states; all else needs an action of
/// polkit: `org.cryopod.engine1.inspect`, `.manage`, `.checkpoint`, `.restore`, `.export`. Root needs
/// none.
#[interface(name = "org.cryopod.engine1.Manager")]
impl Manager {
    /// All containers: id, name, state, object.
    #[zbus(out_args("containers"))]
    async fn list_containers(
        &self,
    ) -> Result<Vec<(String, String, String, OwnedObjectPath)>, Refusal> {
        let snapshot = self.shared.reader.snapshot().await?;
        let mut all: Vec<_> = snapshot.containers.values().collect();
        all.sort_by(|one, other| {
            let key = |seen: &watch::Seen| seen.container.config.created.clone();
            key(one).cmp(&key(other))
        });
        let row = |seen: &watch::Seen| {
            let (config, state) = (&seen.container.config, &seen.container.state);
            let word = state.status.as_str().to_owned();
            let object = path::container(&config.id);
            (config.id.clone(), config.name.clone(), word, object)
        };
        Ok(all.into_iter().map(row).collect())
    }

    /// All named checkpoints: id, name, id of the container, object; one with several names is there
    /// with each.
    #[zbus(out_args("checkpoints"))]
    async fn list_checkpoints(
        &self,
    ) -> Result<Vec<(String, String, String, OwnedObjectPath)>, Refusal> {
        let snapshot = self.shared.reader.snapshot().await?;
        let mut rows = Vec::new();
        for (id, seen) in &snapshot.checkpoints {
            for name in &seen.names {
                let container = seen.checkpoint.container.clone();
                rows.push((id.clone(), name.clone(), container, path::checkpoint(id)));
            }
        }
        Ok(rows)
    }

    /// The container that a name, an id or the beginning of one stands for.
    #[zbus(out_args("container"))]
    async fn get_container(
        &self,
        name: String,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<OwnedObjectPath, Refusal> {
        let word = name.clone();
        let found = self
            .shared
            .look(&header, &[&name], move |engine| engine.find(&word))
            .await?;
        self.object(connection, &found.config.id).await
    }

    /// The container that a process is in.
    #[zbus(name = "GetContainerByPID", out_args("container"))]
    async fn get_container_by_pid(
        &self,
        pid: u32,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<OwnedObjectPath, Refusal> {
        let pid = i32::try_from(pid).ok().filter(|pid| *pid > 0);
        let pid = pid.ok_or_else(|| Refusal::new(INVALID, "that is no process id"))?;
        let id = self
            .shared
            .look(&header, &[], move |engine| {
                watch::container_of_process(engine, pid)
            })
            .await?;
        self.object(connection, &id).await
    }

    /// The checkpoint of a container with a name.
    #[zbus(out_args("checkpoint"))]
    async fn get_checkpoint(
        &self,
        container: String,
        name: String,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<OwnedObjectPath, Refusal> {
        let (word, place) = (container.clone(), asked::place(&name));
        let found = self
            .shared
            .look(&header, &[&container, &name], move |engine| {
                libcr::ops::checkpoints::inspect::inspect(engine, &word, &place)
            })
            .await?;
        self.shared.refresh(connection).await?;
        Ok(path::checkpoint(&found.checkpoint.id))
    }

    /// Makes a container of an image; an empty command is the image's. Options are flags of
    /// `cryopod create`: `name`, `entrypoint`, `workdir`, `user`, `hostname`, `restart`,
    /// `stop-signal`, `log-driver` (s), `env`, `volume`, `mount`, `tmpfs`, `label`, `annotation`, `log-opt`,
    /// `network`, `publish`, `add-host`, `dns`, `cap-add`, `cap-drop`, `security-opt` (as),
    /// `read-only`, `rm`, `tty`, `interactive`, `privileged` (b), `memory`, `pids-limit`, `shm-size`,
    /// `stop-timeout` (t).
    #[zbus(out_args("container"))]
    async fn create_container(
        &self,
        image: String,
        command: Vec<String>,
        options: Given,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<OwnedObjectPath, Refusal> {
        let options = asked::create(image, command, Options::new(options))?;
        authority::allow(
            &self.shared.asking,
            connection,
            &header,
            Action::Manage,
            &options.image,
        )
        .await?;
        let id = self
            .shared
            .run(move |engine| create::create(engine, &options))
            .await?;
        self.object(connection, &id).await
    }

    /// Makes a container of an archive, which comes from a descriptor that is open to be read: a file,
    /// a pipe or a stream socket; and thaws it. Options are flags of `cryopod container restore`:
    /// `name` (s), `publish`, `skip-check` (as), `keep`, `tcp-established`, `tcp-close`, `file-locks`,
    /// `ignore-rootfs`, `ignore-volumes`, `ignore-static-ip`, `ignore-static-mac` (b); `wait`,
    /// `detach`.
    #[zbus(out_args("id", "transfer"))]
    async fn restore(
        &self,
        archive: OwnedFd,
        options: Given,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<Begun, Refusal> {
        let mut options = Options::new(options);
        let hearing = asked::hearing(&mut options)?;
        let wanted = asked::restore(&mut options)?;
        options.finish()?;
        authority::allow(
            &self.shared.asking,
            connection,
            &header,
            Action::Restore,
            pump::SHOWN,
        )
        .await?;
        let cancel = Cancel::default();
        let pump = Pump::from(archive.into(), &cancel)?;
        let file = pump.path();
        let ask = ask("restore", pump::SHOWN.into(), hearing, cancel);
        begin(
            &self.shared,
            connection,
            &header,
            ask,
            move |engine, job| {
                let done = restore::import(engine, &file, &wanted, job);
                let came = pump.finish();
                let shown = file.display().to_string();
                match (done, came) {
                    (Ok(done), _) => Ok(asked::restored(&done)),
                    (Err(_), Err(error)) if !job.cancel.is_cancelled() => Err(Refusal::invalid(
                        format!("the archive does not come: {error}"),
                    )),
                    (Err(error), _) => Err(Refusal::from(error).naming(&shown, pump::SHOWN)),
                }
            },
        )
        .await
    }

    /// Makes a container of a checkpoint image, which is pulled where it is not here, and thaws it.
    /// Options as of `Restore`.
    #[zbus(out_args("id", "transfer"))]
    async fn restore_image(
        &self,
        image: String,
        options: Given,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<Begun, Refusal> {
        let mut options = Options::new(options);
        let hearing = asked::hearing(&mut options)?;
        let wanted = asked::restore(&mut options)?;
        options.finish()?;
        authority::allow(
            &self.shared.asking,
            connection,
            &header,
            Action::Restore,
            &image,
        )
        .await?;
        let ask = ask("restore", image.clone(), hearing, Cancel::default());
        begin(
            &self.shared,
            connection,
            &header,
            ask,
            move |engine, job| {
                let done = restore::restore_image(engine, &image, &wanted, job)?;
                Ok(asked::restored(&done))
            },
        )
        .await
    }

    /// All images: id, names, bytes, microseconds since 1970 when it was made.
    #[zbus(out_args("images"))]
    async fn list_images(
        &self,
        #[zbus(header)] header: Header<'_>,
    ) -> Result<Vec<(String, Vec<String>, u64, u64)>, Refusal> {
        let images = self.shared.look(&header, &[], list::list).await?;
        let row = |(image, _): (libcr::model::image::Image, usize)| {
            let made = facts::microseconds(Some(&image.created));
            (image.id, image.names, image.size, made)
        };
        Ok(images.into_iter().map(row).collect())
    }

    /// Brings an image of a registry. Options: `policy` (s: `always`, the default, `missing`,
    /// `never`, `newer`), `tls-verify` (b); `wait`, `detach`.
    #[zbus(out_args("id", "transfer"))]
    async fn pull_image(
        &self,
        image: String,
        options: Given,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<Begun, Refusal> {
        let mut options = Options::new(options);
        let hearing = asked::hearing(&mut options)?;
        let policy = options.text("policy")?;
        let policy = pull::PullPolicy::parse(policy.as_deref().unwrap_or("always"))?;
        let access = Access {
            tls_verify: options.maybe_flag("tls-verify")?,
            ..Access::default()
        };
        options.finish()?;
        authority::allow(
            &self.shared.asking,
            connection,
            &header,
            Action::Manage,
            &image,
        )
        .await?;
        let ask = ask("pull", image.clone(), hearing, Cancel::default());
        begin(
            &self.shared,
            connection,
            &header,
            ask,
            move |engine, job| {
                let done = pull::pull(engine, &image, policy, &access, job)?;
                Ok(Report::default()
                    .with("Id", Fact::Text(done.id))
                    .with("Names", Fact::Texts(done.names)))
            },
        )
        .await
    }

    /// Removes a name of an image, or an image by its id. Options: `force` (b).
    async fn remove_image(
        &self,
        image: String,
        options: Given,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<(), Refusal> {
        let mut options = Options::new(options);
        let force = options.flag("force")?;
        options.finish()?;
        authority::allow(
            &self.shared.asking,
            connection,
            &header,
            Action::Manage,
            &image,
        )
        .await?;
        let removed = self
            .shared
            .run(move |engine| remove::remove(engine, &image, force).map(drop));
        removed.await?;
        self.shared.refresh(connection).await
    }

    /// The transfers that go on: number, kind, subject, state, progress, object.
    #[zbus(out_args("transfers"))]
    fn list_transfers(&self) -> Vec<Row> {
        self.shared.transfers.list()
    }

    /// This program's version.
    #[zbus(property(emits_changed_signal = "const"))]
    #[expect(clippy::unused_self, reason = "a property of an object")]
    fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    /// A container is there, by whomever it was made.
    #[zbus(signal)]
    pub async fn container_new(
        emitter: &SignalEmitter<'_>,
        id: &str,
        container: &ObjectPath<'_>,
    ) -> zbus::Result<()>;

    /// A container is gone.
    #[zbus(signal)]
    pub async fn container_removed(
        emitter: &SignalEmitter<'_>,
        id: &str,
        container: &ObjectPath<'_>,
    ) -> zbus::Result<()>;

    /// A named checkpoint is there.
    #[zbus(signal)]
    pub async fn checkpoint_new(
        emitter: &SignalEmitter<'_>,
        id: &str,
        checkpoint: &ObjectPath<'_>,
    ) -> zbus::Result<()>;

    /// A named checkpoint is gone.
    #[zbus(signal)]
    pub async fn checkpoint_removed(
        emitter: &SignalEmitter<'_>,
        id: &str,
        checkpoint: &ObjectPath<'_>,
    ) -> zbus::Result<()>;

    /// A transfer has begun.
    #[zbus(signal)]
    pub async fn transfer_new(
        emitter: &SignalEmitter<'_>,
        id: u32,
        transfer: &ObjectPath<'_>,
    ) -> zbus::Result<()>;

    /// A transfer is over: `done`, `failed` or `canceled`.
    #[zbus(signal)]
    pub async fn transfer_removed(
        emitter: &SignalEmitter<'_>,
        id: u32,
        transfer: &ObjectPath<'_>,
        result: &str,
    ) -> zbus::Result<()>;

    /// Something happened, as `cryopod events` tells it: to what (`container`, `image`, `network`,
    /// `volume`), what, id and name, microseconds since 1970, an exit code or the like.
    #[zbus(signal)]
    pub async fn event(
        emitter: &SignalEmitter<'_>,
        subject: &str,
        event: &str,
        id: &str,
        name: &str,
        time_usec: u64,
        detail: &str,
    ) -> zbus::Result<()>;
}

fn ask(kind: &'static str, subject: String, hearing: asked::Hearing, cancel: Cancel) -> Ask {
    Ask {
        kind,
        subject,
        wait: hearing.wait,
        detach: hearing.detach,
        cancel,
    }
}
