//! `io.podman` of Podman 1.x, for its clients: what they do with containers, images, volumes and
//! checkpoints. The description is `io.podman.varlink`; the rest of its methods are described and not
//! implemented. As Podman's server did, it takes a parameter that is left out for zero or empty.
#![expect(
    clippy::needless_pass_by_value,
    reason = "a method owns its parameters, whatever it does with them"
)]

mod checkpoint;
mod containers;
mod create;
mod images;
mod listing;
mod streams;
mod system;
mod volumes;

use libcr::ErrorKind;
use serde_json::json;

use super::failed::{Failed, Thing};
use super::interface::{Interface, method};
use super::message::Refusal;
use super::service::Nothing;

/// The interface.
pub const INTERFACE: Interface = Interface {
    name: "io.podman",
    description: include_str!("../io.podman.varlink"),
    methods: &[
        method!("GetVersion", Nothing, system::version, reads),
        method!("GetInfo", Nothing, system::info, reads),
        method!("ListContainers", Nothing, listing::containers, reads),
        method!("Ps", listing::Ps, listing::ps, reads),
        method!(
            "GetContainersByStatus",
            listing::ByStatus,
            listing::by_status,
            reads
        ),
        method!(
            "GetContainersByContext",
            listing::ByContext,
            listing::by_context,
            reads
        ),
        method!("GetContainer", containers::Id, listing::container, reads),
        method!(
            "ContainerExists",
            containers::Name,
            containers::exists,
            reads
        ),
        method!("CreateContainer", create::Parameters, create::create),
        method!(
            "InspectContainer",
            containers::Name,
            containers::inspect,
            reads
        ),
        method!(
            "ContainerInspectData",
            containers::InspectData,
            containers::inspect_data,
            reads
        ),
        method!(
            "ContainerConfig",
            containers::Name,
            containers::config,
            reads
        ),
        method!(
            "ContainerStateData",
            containers::Name,
            containers::state,
            reads
        ),
        method!("StartContainer", containers::Name, containers::start),
        method!("StopContainer", containers::Stop, containers::stop),
        method!("RestartContainer", containers::Stop, containers::restart),
        method!("KillContainer", containers::Kill, containers::kill),
        method!("PauseContainer", containers::Name, containers::pause),
        method!("UnpauseContainer", containers::Name, containers::unpause),
        method!("WaitContainer", containers::Wait, containers::wait, reads),
        method!("RemoveContainer", containers::Remove, containers::remove),
        method!(
            "DeleteStoppedContainers",
            Nothing,
            containers::delete_stopped
        ),
        method!("HealthCheckRun", containers::NameOrId, containers::health),
        method!(
            "GetAttachSockets",
            containers::Name,
            containers::sockets,
            reads
        ),
        method!(
            "GetContainerLogs",
            containers::Name,
            streams::all_logs,
            reads
        ),
        method!("GetContainersLogs", streams::Logs, streams::logs, reads),
        method!("GetEvents", streams::Events, streams::events, reads),
        method!(
            "ContainerCheckpoint",
            checkpoint::Checkpoint,
            checkpoint::checkpoint
        ),
        method!("ContainerRestore", checkpoint::Restore, checkpoint::restore),
        method!("ListImages", Nothing, images::list, reads),
        method!(
            "ListImagesWithFilters",
            images::Filters,
            images::filtered,
            reads
        ),
        method!("GetImage", containers::Id, images::get, reads),
        method!("ImageExists", containers::Name, images::exists, reads),
        method!("InspectImage", containers::Name, images::inspect, reads),
        method!("PullImage", images::Pull, images::pull),
        method!("PushImage", images::Push, images::push),
        method!("LoadImage", images::Load, images::load),
        method!("ImportImage", images::Import, images::import),
        method!("TagImage", images::Tag, images::tag),
        method!("UntagImage", images::Untag, images::untag),
        method!("RemoveImage", images::Remove, images::remove),
        method!(
            "RemoveImageWithResponse",
            images::Remove,
            images::remove_told
        ),
        method!("DeleteUnusedImages", Nothing, images::delete_unused),
        method!("ImagesPrune", images::Prune, images::prune),
        method!("VolumeCreate", volumes::Create, volumes::create),
        method!("VolumeRemove", volumes::Remove, volumes::remove),
        method!("GetVolumes", volumes::Get, volumes::get, reads),
        method!("InspectVolume", containers::Name, volumes::inspect, reads),
        method!("VolumesPrune", Nothing, volumes::prune),
    ],
    missing: MISSING,
    refuse,
};

/// What Podman's server had besides.
const MISSING: &[&str] = &[
    "Reset",
    "Top",
    "ListContainerProcesses",
    "ListContainerChanges",
    "ExportContainer",
    "GetContainerStats",
    "GetContainerStatsWithHistory",
    "InitContainer",
    "Attach",
    "AttachControl",
    "EvictContainer",
    "BuildImage",
    "HistoryImage",
    "SearchImages",
    "Commit",
    "ExportImage",
    "CreatePod",
    "ListPods",
    "GetPod",
    "InspectPod",
    "StartPod",
    "StopPod",
    "RestartPod",
    "KillPod",
    "PausePod",
    "UnpausePod",
    "RemovePod",
    "TopPod",
    "GetPodStats",
    "GetPodsByStatus",
    "GetPodsByContext",
    "PodStateData",
    "ImageTree",
    "ContainerRunlabel",
    "ExecContainer",
    "ListContainerMounts",
    "MountContainer",
    "UnmountContainer",
    "GenerateKube",
    "ContainerArtifacts",
    "CreateFromCC",
    "Spec",
    "SendFile",
    "ReceiveFile",
    "ImageSave",
    "Diff",
    "GetLayersMapWithImageInfo",
    "BuildImageHierarchyMap",
];

/// Podman's names for failures. What is called with a wrong state is in the message, as there.
fn refuse(failed: Failed) -> Refusal {
    let told = match failed {
        Failed::Call(refusal) if refusal.name.ends_with(".ExpectedMore") => {
            let reason = "this method must be called with more";
            return named("WantsMoreRequired", json!({ "reason": reason }));
        }
        Failed::Call(refusal) => return refusal,
        Failed::Engine(told) => told,
    };
    let reason = told.message;
    match (told.kind, told.missing) {
        (ErrorKind::NotFound, Some((thing, id))) => {
            let name = match thing {
                Thing::Container => "ContainerNotFound",
                Thing::Image => "ImageNotFound",
                Thing::Volume => "VolumeNotFound",
                Thing::Pod => {
                    let parameters = json!({ "name": id, "reason": reason });
                    return named("PodNotFound", parameters);
                }
            };
            named(name, json!({ "id": id, "reason": reason }))
        }
        (ErrorKind::WrongState, _) => {
            let id = told.subject.unwrap_or_default();
            named("InvalidState", json!({ "id": id, "reason": reason }))
        }
        (ErrorKind::Missing, _) => named("RuntimeError", json!({ "reason": reason })),
        _ => named("ErrorOccurred", json!({ "reason": reason })),
    }
}

fn named(name: &str, parameters: serde_json::Value) -> Refusal {
    Refusal {
        name: format!("io.podman.{name}"),
        parameters,
    }
}

/// A container that has stopped already.
fn stopped(id: &str) -> Failed {
    Failed::Call(named("ErrCtrStopped", json!({ "id": id })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use libcr::Error;

    #[test]
    fn names_of_podman() {
        for (error, name) in [
            (Error::NoSuchContainer("x".into()), "ContainerNotFound"),
            (Error::NoSuchImage("x".into()), "ImageNotFound"),
            (Error::NoSuchPod("x".into()), "PodNotFound"),
            (Error::WrongState("x".into()), "InvalidState"),
            (Error::Invalid("x".into()), "ErrorOccurred"),
            (Error::MissingOnHost("x".into()), "RuntimeError"),
        ] {
            let refusal = refuse(error.into());
            assert_eq!(refusal.name, format!("io.podman.{name}"));
            assert!(!refusal.parameters["reason"].to_string().is_empty());
        }
        assert_eq!(
            refuse(Failed::wants_more()).name,
            "io.podman.WantsMoreRequired"
        );
    }
}
