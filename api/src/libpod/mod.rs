//! libpod's REST interface: what `podman --remote`, podman-py and their like speak.

mod containers;
mod images;
pub(crate) mod networks;
mod pods;
mod pods_now;
pub(crate) mod registry;
pub(crate) mod system;
pub(crate) mod volumes;

use crate::http::{Body, Handler, Route};
use crate::shared::container::{change, content, figures};
use crate::shared::{attach, events, exec, logs};
use containers::{checkpoint, list, restore, wait};
pub(crate) use containers::{create, verbs};

/// Its routes, below `/libpod`.
pub const ROUTES: &[Route] = &[
    Route::get(
        "/_ping",
        system::ping,
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
    .takes("stream since until filters"),
    Route::json("/containers/create", create::create, "makes a container").takes("(SpecGenerator)"),
    Route::get("/containers/json", list::list, "lists containers").takes("all limit last filters"),
    Route::of(
        "GET",
        "/containers/stats",
        Body::None,
        Handler::Streams(|call| Box::pin(figures::of_several(call))),
        "what containers use, again and again",
    )
    .takes("containers all stream interval"),
    Route::post(
        "/containers/prune",
        verbs::prune,
        "removes containers that don't run",
    )
    .takes("filters"),
    Route::of(
        "POST",
        "/containers/{name}/restore",
        Body::Stream,
        Handler::Reads(|call, body| Box::pin(restore::answer(call, body))),
        "thaws a container from its checkpoint, an image, or the archive in the body",
    )
    .takes(restore::KEYS),
    Route::of(
        "POST",
        "/containers/{name}/checkpoint",
        Body::None,
        Handler::Streams(|call| Box::pin(checkpoint::answer(call))),
        "freezes a container; with `export` the answer is the archive",
    )
    .takes(checkpoint::KEYS),
    Route::get(
        "/containers/{name}/json",
        verbs::inspect,
        "all that is known of a container",
    ),
    Route::get(
        "/containers/{name}/exists",
        verbs::exists,
        "whether there is such a container",
    ),
    Route::post(
        "/containers/{name}/start",
        attach::start_container,
        "starts a container",
    ),
    Route::post("/containers/{name}/stop", verbs::stop, "stops a container")
        .takes("timeout t ignore"),
    Route::post(
        "/containers/{name}/restart",
        verbs::restart,
        "stops a container and starts it anew",
    )
    .takes("timeout t"),
    Route::post(
        "/containers/{name}/rename",
        verbs::rename,
        "gives a container another name",
    )
    .takes("name"),
    Route::json(
        "/containers/{name}/update",
        change::update_of_libpod,
        "changes its limits and its restart policy",
    )
    .takes("restartPolicy restartRetries (LinuxResources)"),
    Route::of(
        "GET",
        "/containers/{name}/top",
        Body::None,
        Handler::Streams(|call| Box::pin(figures::top(call))),
        "its processes",
    )
    .takes("ps_args stream delay"),
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
    .takes("path noOverwriteDirNonDir copyUIDGID rename"),
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
    Route::post("/containers/{name}/kill", verbs::kill, "sends a signal").takes("signal"),
    Route::post(
        "/containers/{name}/pause",
        verbs::pause,
        "stops processes in memory",
    ),
    Route::post(
        "/containers/{name}/unpause",
        verbs::unpause,
        "lets them go on",
    ),
    Route::of(
        "POST",
        "/containers/{name}/wait",
        Body::None,
        Handler::Streams(|call| Box::pin(wait::answer(call))),
        "waits for a state; the answer is the exit code",
    )
    .takes("condition interval"),
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
    Route::get(
        "/containers/{name}/healthcheck",
        verbs::healthcheck,
        "makes a health check now",
    ),
    Route::json(
        "/containers/{name}/exec",
        exec::create,
        "prepares a process in a container",
    )
    .takes("Cmd Env User WorkingDir Tty AttachStdin Privileged"),
    Route::delete("/containers/{name}", verbs::remove, "removes a container")
        .takes("force timeout v volumes ignore"),
    Route::get("/exec/{id}/json", exec::inspect, "how such a process is"),
    Route::of(
        "POST",
        "/exec/{id}/start",
        Body::Json,
        Handler::Upgrades(|call, upgrade| Box::pin(exec::start(call, upgrade))),
        "starts it and joins the client with its streams",
    )
    .takes("Detach h w"),
    Route::post("/exec/{id}/resize", exec::resize, "sizes its terminal").takes("h w"),
    Route::json("/exec/{id}/remove", exec::remove, "forgets it"),
    Route::post(
        "/commit",
        change::commit_of_libpod,
        "makes an image of a container",
    )
    .takes("container repo tag author comment changes pause stream format"),
    Route::get("/images/json", images::list, "lists images").takes("filters"),
    Route::of(
        "POST",
        "/images/pull",
        Body::None,
        Handler::Streams(|call| Box::pin(registry::pull(call))),
        "brings an image of a registry, and tells how far it is",
    )
    .takes("reference policy quiet tlsVerify arch os compatMode X-Registry-Auth"),
    Route::of(
        "POST",
        "/images/load",
        Body::Stream,
        Handler::Reads(|call, body| Box::pin(images::load(call, body))),
        "loads the images of a docker or OCI archive",
    ),
    Route::of(
        "POST",
        "/images/import",
        Body::Stream,
        Handler::Reads(|call, body| Box::pin(images::import(call, body))),
        "makes an image of a root file system",
    )
    .takes("reference changes message"),
    Route::delete("/images/remove", images::remove_several, "removes images")
        .takes("images force ignore"),
    Route::post(
        "/images/prune",
        images::prune,
        "removes images that nobody uses",
    )
    .takes("all filters"),
    Route::of(
        "GET",
        "/images/export",
        Body::None,
        Handler::Streams(|call| Box::pin(images::save_several(call))),
        "images as one archive, of Docker's form and OCI's at once",
    )
    .takes("references format"),
    Route::of(
        "GET",
        "/images/{*name}/get",
        Body::None,
        Handler::Streams(|call| Box::pin(images::save(call))),
        "an image as an archive, of Docker's form and OCI's at once",
    )
    .takes("format"),
    Route::get(
        "/images/{*name}/json",
        images::inspect,
        "all that is known of an image",
    ),
    Route::get(
        "/images/{*name}/history",
        images::history,
        "the steps that made an image",
    ),
    Route::get(
        "/images/{*name}/exists",
        images::exists,
        "whether there is such an image",
    ),
    Route::of(
        "POST",
        "/images/{*name}/push",
        Body::None,
        Handler::Streams(|call| Box::pin(registry::push(call))),
        "sends an image to a registry",
    )
    .takes("destination quiet tlsVerify X-Registry-Auth"),
    Route::post(
        "/images/{*name}/tag",
        registry::tag,
        "gives an image a further name",
    )
    .takes("repo tag"),
    Route::post(
        "/images/{*name}/untag",
        registry::untag,
        "takes a name from an image",
    )
    .takes("repo tag"),
    Route::delete("/images/{*name}", images::remove, "removes an image").takes("force"),
    Route::json("/pods/create", pods::create, "makes a pod").takes("(PodSpecGenerator)"),
    Route::get("/pods/json", pods::list, "lists pods").takes("filters"),
    Route::post(
        "/pods/prune",
        pods::prune,
        "removes pods of which nothing runs any more",
    ),
    Route::of(
        "GET",
        "/pods/stats",
        Body::None,
        Handler::Streams(|call| Box::pin(pods_now::stats(call))),
        "what the containers of pods use",
    )
    .takes("namesOrIDs all stream delay"),
    Route::get(
        "/pods/{name}/top",
        pods_now::top,
        "the processes of its containers",
    )
    .takes("ps_args"),
    Route::get(
        "/pods/{name}/json",
        pods::inspect,
        "all that is known of a pod",
    ),
    Route::get(
        "/pods/{name}/exists",
        pods::exists,
        "whether there is such a pod",
    ),
    Route::post("/pods/{name}/start", pods::start, "starts its containers"),
    Route::post("/pods/{name}/stop", pods::stop, "stops its containers").takes("timeout t"),
    Route::post(
        "/pods/{name}/restart",
        pods::restart,
        "stops its containers and starts them anew",
    ),
    Route::post(
        "/pods/{name}/kill",
        pods::kill,
        "sends its containers a signal",
    )
    .takes("signal"),
    Route::post(
        "/pods/{name}/pause",
        pods::pause,
        "stops their processes in memory",
    ),
    Route::post("/pods/{name}/unpause", pods::unpause, "lets them go on"),
    Route::delete(
        "/pods/{name}",
        pods::remove,
        "removes it with its containers",
    )
    .takes("force timeout"),
    Route::json("/volumes/create", volumes::create, "makes a volume")
        .takes("Name Driver Label Labels Options IgnoreIfExists"),
    Route::get("/volumes/json", volumes::list, "lists volumes").takes("filters"),
    Route::post(
        "/volumes/prune",
        volumes::prune,
        "removes volumes that nobody uses",
    )
    .takes("filters"),
    Route::get(
        "/volumes/{name}/json",
        volumes::inspect,
        "all that is known of a volume",
    ),
    Route::get(
        "/volumes/{name}/exists",
        volumes::exists,
        "whether there is such a volume",
    ),
    Route::delete("/volumes/{name}", volumes::remove, "removes a volume").takes("force"),
    Route::json("/networks/create", networks::create, "makes a network").takes("(Network)"),
    Route::get("/networks/json", networks::list, "lists networks").takes("filters"),
    Route::post(
        "/networks/prune",
        networks::prune,
        "removes networks that nobody uses",
    )
    .takes("filters"),
    Route::get(
        "/networks/{name}/json",
        networks::inspect,
        "all that is known of a network",
    ),
    Route::get(
        "/networks/{name}",
        networks::inspect,
        "the same, for podman-py",
    ),
    Route::get(
        "/networks/{name}/exists",
        networks::exists,
        "whether there is such a network",
    ),
    Route::json(
        "/networks/{name}/connect",
        networks::connect,
        "puts a container on it",
    )
    .takes("container static_ips aliases static_mac"),
    Route::json(
        "/networks/{name}/disconnect",
        networks::disconnect,
        "takes one off it",
    )
    .takes("Container"),
    Route::delete("/networks/{name}", networks::remove, "removes a network"),
];
