//! Docker's REST interface: what the docker command, docker-py, dockerode and bollard speak, with the
//! checkpoints that Docker calls experimental.

pub(crate) mod containers;
mod images;
mod networks;
mod registry;
mod system;
mod volumes;

use crate::http::{Body, Handler, Route};
use crate::libpod::{registry as names, verbs as libpod};
use crate::shared::container::{change, content, figures};
use crate::shared::{attach, events, exec, logs};
use containers::{checkpoints, create, inspect, list, verbs, wait};

/// Its routes.
pub const ROUTES: &[Route] = &[
    Route::get(
        "/_ping",
        crate::libpod::system::ping,
        "says that it is there, with the versions in headers",
    ),
    Route::get(
        "/version",
        system::version,
        "versions of engine, monitor and runtime",
    ),
    Route::get("/info", system::info, "the engine and what it runs on"),
    Route::get(
        "/system/df",
        system::df,
        "what images, containers and volumes there are",
    ),
    Route::of(
        "GET",
        "/events",
        Body::None,
        Handler::Streams(|call| Box::pin(events::answer(call, system::event))),
        "what happened and happens",
    )
    .takes("since until filters"),
    Route::json("/containers/create", create::create, "makes a container")
        .takes("name (Config, HostConfig, NetworkingConfig)"),
    Route::get("/containers/json", list::list, "lists containers").takes("all limit filters"),
    Route::post(
        "/containers/prune",
        verbs::prune,
        "removes containers that don't run",
    )
    .takes("filters"),
    Route::get(
        "/containers/{name}/json",
        inspect::inspect,
        "all that is known of a container",
    ),
    Route::json(
        "/containers/{name}/start",
        verbs::start,
        "starts a container, or thaws it from a checkpoint",
    )
    .takes("checkpoint checkpoint-dir"),
    Route::post("/containers/{name}/stop", verbs::stop, "stops a container").takes("t signal"),
    Route::post(
        "/containers/{name}/restart",
        libpod::restart,
        "stops a container and starts it anew",
    )
    .takes("t"),
    Route::post(
        "/containers/{name}/rename",
        libpod::rename,
        "gives a container another name",
    )
    .takes("name"),
    Route::json(
        "/containers/{name}/update",
        change::update_of_docker,
        "changes its limits and its restart policy",
    )
    .takes("(Resources) RestartPolicy"),
    Route::of(
        "GET",
        "/containers/{name}/top",
        Body::None,
        Handler::Streams(|call| Box::pin(figures::top(call))),
        "its processes",
    )
    .takes("ps_args"),
    Route::of(
        "GET",
        "/containers/{name}/stats",
        Body::None,
        Handler::Streams(|call| Box::pin(figures::of_one(call))),
        "what it uses, once a second",
    )
    .takes("stream one-shot"),
    Route::of(
        "GET",
        "/containers/{name}/archive",
        Body::None,
        Handler::Streams(|call| Box::pin(content::get(call))),
        "a file or a directory of it as a tar; with HEAD what a path leads to",
    )
    .takes("path"),
    Route::of(
        "PUT",
        "/containers/{name}/archive",
        Body::Stream,
        Handler::Reads(|call, body| Box::pin(content::put(call, body))),
        "unpacks a tar into a directory of it",
    )
    .takes("path noOverwriteDirNonDir copyUIDGID"),
    Route::of(
        "GET",
        "/containers/{name}/export",
        Body::None,
        Handler::Streams(|call| Box::pin(content::export(call))),
        "its root file system as a tar",
    ),
    Route::get(
        "/containers/{name}/changes",
        content::changes,
        "what it changed in its root file system",
    ),
    Route::post("/containers/{name}/kill", libpod::kill, "sends a signal").takes("signal"),
    Route::post(
        "/containers/{name}/pause",
        libpod::pause,
        "stops processes in memory",
    ),
    Route::post(
        "/containers/{name}/unpause",
        libpod::unpause,
        "lets them go on",
    ),
    Route::of(
        "POST",
        "/containers/{name}/wait",
        Body::None,
        Handler::Streams(|call| Box::pin(wait::answer(call))),
        "waits for the end; the headers come at once, the exit code later",
    )
    .takes("condition"),
    Route::of(
        "GET",
        "/containers/{name}/logs",
        Body::None,
        Handler::Streams(|call| Box::pin(logs::answer(call))),
        "what a container wrote",
    )
    .takes("follow stdout stderr since until timestamps tail"),
    Route::of(
        "POST",
        "/containers/{name}/attach",
        Body::None,
        Handler::Upgrades(|call, upgrade| Box::pin(attach::answer(call, upgrade))),
        "joins the client with a container's streams",
    )
    .takes("stream stdin stdout stderr detachKeys"),
    Route::post(
        "/containers/{name}/resize",
        exec::resize_container,
        "sizes its terminal",
    )
    .takes("h w"),
    Route::json(
        "/containers/{name}/exec",
        exec::create,
        "prepares a process in a container",
    )
    .takes("Cmd Env User WorkingDir Tty AttachStdin Privileged"),
    Route::json(
        "/containers/{name}/checkpoints",
        checkpoints::create,
        "freezes a container under a name",
    )
    .takes("CheckpointID CheckpointDir Exit"),
    Route::get(
        "/containers/{name}/checkpoints",
        checkpoints::list,
        "lists its checkpoints",
    )
    .takes("dir"),
    Route::delete(
        "/containers/{name}/checkpoints/{checkpoint}",
        checkpoints::remove,
        "removes one",
    )
    .takes("dir"),
    Route::delete("/containers/{name}", verbs::remove, "removes a container").takes("force v"),
    Route::get("/exec/{id}/json", exec::inspect, "how such a process is"),
    Route::of(
        "POST",
        "/exec/{id}/start",
        Body::Json,
        Handler::Upgrades(|call, upgrade| Box::pin(exec::start(call, upgrade))),
        "starts it and joins the client with its streams",
    )
    .takes("Detach"),
    Route::post("/exec/{id}/resize", exec::resize, "sizes its terminal").takes("h w"),
    Route::json(
        "/commit",
        change::commit_of_docker,
        "makes an image of a container",
    )
    .takes("container repo tag author comment changes pause Cmd Entrypoint User WorkingDir"),
    Route::get("/images/json", images::list, "lists images").takes("filters"),
    Route::of(
        "POST",
        "/images/create",
        Body::Stream,
        Handler::Reads(|call, body| Box::pin(images::create(call, body))),
        "makes an image of a root file system, or brings one of a registry and tells how far it is",
    )
    .takes("fromSrc repo tag message changes fromImage platform X-Registry-Auth"),
    Route::of(
        "POST",
        "/images/load",
        Body::Stream,
        Handler::Reads(|call, body| Box::pin(images::load(call, body))),
        "loads the images of a docker or OCI archive",
    ),
    Route::post(
        "/images/prune",
        images::prune,
        "removes images that nobody uses",
    )
    .takes("filters"),
    Route::of(
        "GET",
        "/images/get",
        Body::None,
        Handler::Streams(|call| Box::pin(images::save_several(call))),
        "images as one archive",
    )
    .takes("names"),
    Route::of(
        "GET",
        "/images/{*name}/get",
        Body::None,
        Handler::Streams(|call| Box::pin(images::save(call))),
        "an image as an archive",
    ),
    Route::get(
        "/images/{*name}/history",
        images::history,
        "the steps that made an image",
    ),
    Route::get(
        "/images/{*name}/json",
        images::inspect,
        "all that is known of an image",
    ),
    Route::of(
        "POST",
        "/images/{*name}/push",
        Body::None,
        Handler::Streams(|call| Box::pin(registry::push(call))),
        "sends an image to a registry, and tells how far it is",
    )
    .takes("tag X-Registry-Auth"),
    Route::post(
        "/images/{*name}/tag",
        names::tag,
        "gives an image a further name",
    )
    .takes("repo tag"),
    Route::delete("/images/{*name}", images::remove, "removes an image").takes("force"),
    Route::json("/volumes/create", volumes::create, "makes a volume")
        .takes("Name Driver Labels DriverOpts"),
    Route::get("/volumes", volumes::list, "lists volumes").takes("filters"),
    Route::post(
        "/volumes/prune",
        volumes::prune,
        "removes volumes that nobody uses",
    )
    .takes("filters"),
    Route::get(
        "/volumes/{name}",
        volumes::inspect,
        "all that is known of a volume",
    ),
    Route::delete("/volumes/{name}", volumes::remove, "removes a volume").takes("force"),
    Route::json("/networks/create", networks::create, "makes a network")
        .takes("Name Driver Internal EnableIPv6 IPAM Options Labels"),
    Route::get("/networks", networks::list, "lists networks").takes("filters"),
    Route::post(
        "/networks/prune",
        networks::prune,
        "removes networks that nobody uses",
    )
    .takes("filters"),
    Route::get(
        "/networks/{name}",
        networks::inspect,
        "all that is known of a network",
    ),
    Route::json(
        "/networks/{name}/connect",
        networks::connect,
        "puts a container on it",
    )
    .takes("Container EndpointConfig"),
    Route::json(
        "/networks/{name}/disconnect",
        networks::disconnect,
        "takes one off it",
    )
    .takes("Container"),
    Route::delete("/networks/{name}", networks::remove, "removes a network"),
];
