//! From the path of a call to what answers it. [`METHODS`] is all that there are.

use std::pin::Pin;
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::{Request, Response};
use tonic::body::Body;
use tonic::server::{Grpc, ServerStreamingService, UnaryService};
use tonic::{Code, Status};
use tonic_prost::ProstCodec;

use super::checkpoint::{experimental, restore};
use super::container::upkeep;
use super::door::Door;
pub use super::methods::METHODS;
use super::{
    Refusal, checkpoint, container, events, exec, image, runtime, sandbox, stats, streaming,
};
use crate::http::call::Context;

const RUNTIME: &str = "/runtime.v1.RuntimeService/";
const IMAGE: &str = "/runtime.v1.ImageService/";
const EXPERIMENTAL: &str = "/org.cryopod.cri.experimental.CheckpointService/";

/// Answers a call.
pub async fn answer(context: Arc<Context>, request: Request<Incoming>) -> Response<Body> {
    let door = Door::new(context, request.headers());
    let path = request.uri().path().to_owned();
    if let Some(method) = path.strip_prefix(RUNTIME) {
        return runtime_service(door, method, request).await;
    }
    if let Some(method) = path.strip_prefix(IMAGE) {
        return image_service(door, method, request).await;
    }
    if let Some(method) = path.strip_prefix(EXPERIMENTAL) {
        return experimental_service(door, method, request).await;
    }
    unknown(&path)
}

async fn runtime_service(door: Door, method: &str, request: Request<Incoming>) -> Response<Body> {
    match method {
        "Version" => unary(door, request, runtime::version).await,
        "Status" => unary(door, request, runtime::status).await,
        "RuntimeConfig" => unary(door, request, runtime::configuration).await,
        "UpdateRuntimeConfig" => unary(door, request, runtime::update).await,
        "RunPodSandbox" => unary(door, request, sandbox::run).await,
        "StopPodSandbox" => unary(door, request, sandbox::stop).await,
        "RemovePodSandbox" => unary(door, request, sandbox::remove).await,
        "PodSandboxStatus" => unary(door, request, sandbox::status).await,
        "ListPodSandbox" => unary(door, request, sandbox::list).await,
        "CreateContainer" => unary(door, request, container::create).await,
        "StartContainer" => unary(door, request, container::start).await,
        "StopContainer" => unary(door, request, container::stop).await,
        "RemoveContainer" => unary(door, request, container::remove).await,
        "ListContainers" => unary(door, request, container::list).await,
        "ContainerStatus" => unary(door, request, container::status).await,
        "UpdateContainerResources" => unary(door, request, upkeep::resources).await,
        "ReopenContainerLog" => unary(door, request, upkeep::reopen_log).await,
        "ExecSync" => unary(door, request, exec::sync).await,
        "Exec" => unary(door, request, streaming::exec).await,
        "Attach" => unary(door, request, streaming::attach).await,
        "PortForward" => unary(door, request, streaming::port_forward).await,
        "ContainerStats" => unary(door, request, stats::container).await,
        "ListContainerStats" => unary(door, request, stats::containers).await,
        "PodSandboxStats" => unary(door, request, stats::sandbox).await,
        "ListPodSandboxStats" => unary(door, request, stats::sandboxes).await,
        "CheckpointContainer" => unary(door, request, checkpoint::container).await,
        "CheckpointPod" => unary(door, request, checkpoint::pod).await,
        "RestorePod" => unary(door, request, restore::pod).await,
        "GetContainerEvents" => {
            let mut grpc = Grpc::new(ProstCodec::default());
            grpc.server_streaming(Events(door), request).await
        }
        other => unknown(&format!("{RUNTIME}{other}")),
    }
}

async fn image_service(door: Door, method: &str, request: Request<Incoming>) -> Response<Body> {
    match method {
        "ListImages" => unary(door, request, image::list).await,
        "ImageStatus" => unary(door, request, image::status).await,
        "PullImage" => unary(door, request, image::pull).await,
        "RemoveImage" => unary(door, request, image::remove).await,
        "ImageFsInfo" => unary(door, request, image::file_systems).await,
        other => unknown(&format!("{IMAGE}{other}")),
    }
}

async fn experimental_service(
    door: Door,
    method: &str,
    request: Request<Incoming>,
) -> Response<Body> {
    match method {
        "CheckpointContainer" => unary(door, request, experimental::checkpoint).await,
        "RestoreContainer" => unary(door, request, experimental::restore).await,
        other => unknown(&format!("{EXPERIMENTAL}{other}")),
    }
}

/// A method that isn't answered, by its name, with the reason where it is one of Kubernetes'.
fn unknown(path: &str) -> Response<Body> {
    let path = path.trim_start_matches('/');
    let (service, name) = path.rsplit_once('/').unwrap_or_default();
    let known = METHODS
        .iter()
        .find(|method| (method.service, method.name) == (service, name));
    let text = match known.and_then(|method| method.refused) {
        Some(why) => format!("{path} is not supported: {why}"),
        None => format!("unknown method {path}"),
    };
    Status::new(Code::Unimplemented, libcr::error::one_line(&text)).into_http()
}

/// One message in, one out.
async fn unary<M, A, F, Answer>(door: Door, request: Request<Incoming>, work: F) -> Response<Body>
where
    M: prost::Message + Default + Send + 'static,
    A: prost::Message + Default + Send + 'static,
    F: FnOnce(Door, M) -> Answer + Send + 'static,
    Answer: Future<Output = Result<A, Refusal>> + Send + 'static,
{
    let mut grpc = Grpc::new(ProstCodec::<A, M>::default());
    grpc.unary(Unary(Some((door, work))), request).await
}

/// What answers one call.
struct Unary<F>(Option<(Door, F)>);

type Boxed<T> = Pin<Box<dyn Future<Output = Result<tonic::Response<T>, Status>> + Send>>;

impl<M, A, F, Answer> UnaryService<M> for Unary<F>
where
    F: FnOnce(Door, M) -> Answer + Send + 'static,
    Answer: Future<Output = Result<A, Refusal>> + Send + 'static,
    M: Send + 'static,
{
    type Response = A;
    type Future = Boxed<A>;

    fn call(&mut self, request: tonic::Request<M>) -> Self::Future {
        let work = self.0.take();
        Box::pin(async move {
            let Some((door, work)) = work else {
                return Err(Status::internal("a call was answered already"));
            };
            let answer = work(door, request.into_inner()).await?;
            Ok(tonic::Response::new(answer))
        })
    }
}

/// `GetContainerEvents`.
struct Events(Door);

impl ServerStreamingService<super::messages::Empty> for Events {
    type Response = super::messages::ContainerEventResponse;
    type ResponseStream = events::Stream;
    type Future = Boxed<Self::ResponseStream>;

    fn call(&mut self, _: tonic::Request<super::messages::Empty>) -> Self::Future {
        let stream = events::stream(&self.0);
        Box::pin(async move { Ok(tonic::Response::new(stream)) })
    }
}
