//! `org.cryopod.Engine`: our own interface, with all that the engine can do to containers, checkpoints,
//! images and volumes. Its description is `org.cryopod.Engine.varlink`.
#![expect(
    clippy::needless_pass_by_value,
    reason = "a method owns its parameters, whatever it does with them"
)]

mod catalogue;
mod checkpoint;
mod containers;
mod create;
mod images;
mod restore;
mod shown;
mod streams;
mod system;
mod volumes;

pub use containers::{conditions, path_of};
pub use streams::moment;

use super::failed::Failed;
use super::interface::{Interface, method};
use super::service::Nothing;

/// The interface.
pub const INTERFACE: Interface = Interface {
    name: "org.cryopod.Engine",
    description: include_str!("../org.cryopod.Engine.varlink"),
    methods: &[
        method!("CreateContainer", create::Parameters, create::create),
        method!("StartContainer", containers::Start, containers::start),
        method!("StopContainer", containers::Stop, containers::stop),
        method!("RestartContainer", containers::Stop, containers::restart),
        method!("RenameContainer", containers::Rename, containers::rename),
        method!("KillContainer", containers::Kill, containers::kill),
        method!("PauseContainer", containers::Name, containers::pause),
        method!("UnpauseContainer", containers::Name, containers::unpause),
        method!("WaitContainer", containers::Wait, containers::wait, reads),
        method!("ListContainers", containers::List, containers::list, reads),
        method!(
            "InspectContainer",
            containers::Name,
            containers::inspect,
            reads
        ),
        method!("RemoveContainer", containers::Remove, containers::remove),
        method!("ContainerLogs", streams::Logs, streams::logs, reads),
        method!(
            "CheckpointContainer",
            checkpoint::Checkpoint,
            checkpoint::checkpoint
        ),
        method!("RestoreContainer", restore::Restore, restore::restore),
        method!("CreateCheckpoint", catalogue::Create, catalogue::create),
        method!("ListCheckpoints", catalogue::List, catalogue::list, reads),
        method!("ShowCheckpoint", catalogue::Show, catalogue::show, reads),
        method!("RemoveCheckpoint", catalogue::Remove, catalogue::remove),
        method!("ListImages", images::List, images::list, reads),
        method!("InspectImage", containers::Name, images::inspect, reads),
        method!("PullImage", images::Pull, images::pull),
        method!("PushImage", images::Push, images::push),
        method!("LoadImages", images::Load, images::load),
        method!("ImportImage", images::Import, images::import),
        method!("TagImage", images::Tag, images::tag),
        method!("UntagImage", images::Untag, images::untag),
        method!("RemoveImage", images::Remove, images::remove),
        method!("ListVolumes", volumes::List, volumes::list, reads),
        method!("InspectVolume", containers::Name, volumes::inspect, reads),
        method!("CreateVolume", volumes::Create, volumes::create),
        method!("RemoveVolume", volumes::Remove, volumes::remove),
        method!("Events", streams::Events, streams::events, reads),
        method!("Info", Nothing, system::info, reads),
        method!("Version", Nothing, system::version, reads),
        method!("Ping", Nothing, system::ping, reads),
    ],
    missing: &[],
    refuse: Failed::for_engine,
};
