//! Every method of the services, in the order of their description: Kubernetes' cri-api 0.37, and our own
//! package.

/// A method of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Method {
    /// Package and service.
    pub service: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Why it is not answered; `None`: it is.
    pub refused: Option<&'static str>,
}

const RUNTIME: &str = "runtime.v1.RuntimeService";
const IMAGE: &str = "runtime.v1.ImageService";
const EXPERIMENTAL: &str = "org.cryopod.cri.experimental.CheckpointService";

/// For those that answer in parts.
const PARTS: &str = "a client that gets this answer asks for the list in one message, as before";
/// For metrics.
const METRICS: &str = "ContainerStats and PodSandboxStats have the figures";

const fn answered(service: &'static str, name: &'static str) -> Method {
    Method {
        service,
        name,
        refused: None,
    }
}

const fn refused(service: &'static str, name: &'static str, why: &'static str) -> Method {
    Method {
        service,
        name,
        refused: Some(why),
    }
}

/// All of them.
pub const METHODS: &[Method] = &[
    answered(RUNTIME, "Version"),
    answered(RUNTIME, "RunPodSandbox"),
    answered(RUNTIME, "StopPodSandbox"),
    answered(RUNTIME, "RemovePodSandbox"),
    answered(RUNTIME, "PodSandboxStatus"),
    answered(RUNTIME, "ListPodSandbox"),
    refused(RUNTIME, "StreamPodSandboxes", PARTS),
    answered(RUNTIME, "CreateContainer"),
    answered(RUNTIME, "StartContainer"),
    answered(RUNTIME, "StopContainer"),
    answered(RUNTIME, "RemoveContainer"),
    answered(RUNTIME, "ListContainers"),
    refused(RUNTIME, "StreamContainers", PARTS),
    answered(RUNTIME, "ContainerStatus"),
    answered(RUNTIME, "UpdateContainerResources"),
    answered(RUNTIME, "ReopenContainerLog"),
    answered(RUNTIME, "ExecSync"),
    answered(RUNTIME, "Exec"),
    answered(RUNTIME, "Attach"),
    answered(RUNTIME, "PortForward"),
    answered(RUNTIME, "ContainerStats"),
    answered(RUNTIME, "ListContainerStats"),
    refused(RUNTIME, "StreamContainerStats", PARTS),
    answered(RUNTIME, "PodSandboxStats"),
    answered(RUNTIME, "ListPodSandboxStats"),
    refused(RUNTIME, "StreamPodSandboxStats", PARTS),
    answered(RUNTIME, "UpdateRuntimeConfig"),
    answered(RUNTIME, "Status"),
    answered(RUNTIME, "CheckpointContainer"),
    answered(RUNTIME, "CheckpointPod"),
    answered(RUNTIME, "RestorePod"),
    answered(RUNTIME, "GetContainerEvents"),
    refused(RUNTIME, "ListMetricDescriptors", METRICS),
    refused(RUNTIME, "ListPodSandboxMetrics", METRICS),
    refused(RUNTIME, "StreamPodSandboxMetrics", METRICS),
    answered(RUNTIME, "RuntimeConfig"),
    refused(
        RUNTIME,
        "UpdatePodSandboxResources",
        "a sandbox has no limits of its own, its containers have",
    ),
    answered(IMAGE, "ListImages"),
    refused(IMAGE, "StreamImages", PARTS),
    answered(IMAGE, "ImageStatus"),
    answered(IMAGE, "PullImage"),
    answered(IMAGE, "RemoveImage"),
    answered(IMAGE, "ImageFsInfo"),
    answered(EXPERIMENTAL, "CheckpointContainer"),
    answered(EXPERIMENTAL, "RestoreContainer"),
];
