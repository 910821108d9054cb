//! A counter's story by bollard, Docker's client in Rust: frozen under a name and thawed in place,
//! frozen into a directory, removed and thawed as another container; watched by its events.

use bollard::container::CreateCheckpointOptions;
use bollard::errors::Error;
use bollard::exec::{CreateExecOptions, StartExecResults};
use bollard::models::ContainerCreateBody;
use bollard::query_parameters::{
    CreateContainerOptionsBuilder, EventsOptionsBuilder, InspectContainerOptions,
    LogsOptionsBuilder, RemoveContainerOptionsBuilder, StartContainerOptions, StopContainerOptions,
    WaitContainerOptions,
};
use bollard::{API_DEFAULT_VERSION, Docker};
use futures_util::{StreamExt, TryStreamExt};
use std::time::{Duration, SystemTime};

use crate::harness::{Host, IMAGE};
use crate::suites::COUNT_ALOUD;
use crate::suites::rest::Service;

/// In a runtime of its own, with a limit.
pub fn tells(host: &Host) {
    let service = Service::start(host);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let directory = host.file("frozen");
    std::fs::create_dir(&directory).expect("the scratch directory is writable");
    let story = async {
        let told = tokio::time::timeout(Duration::from_mins(1), tell(&service, &directory));
        told.await.expect("it comes to its end");
    };
    runtime.block_on(story);
}

fn connect(service: &Service) -> Docker {
    let url = service.url();
    Docker::connect_with_unix(&url, 60, API_DEFAULT_VERSION).expect("the service listens")
}

/// bollard's options of `start` know no checkpoint: what it sends is amended by its own hook.
fn thawing(service: &Service, query: &str) -> Docker {
    let query = query.to_owned();
    connect(service).with_request_modifier(move |mut request| {
        let mut uri = request.uri().to_string();
        if uri.contains("/start") {
            uri.push(if uri.contains('?') { '&' } else { '?' });
            uri.push_str(&query);
            *request.uri_mut() = uri.parse().expect("a URI");
        }
        request
    })
}

/// What the container wrote, whole.
async fn log(docker: &Docker, name: &str) -> String {
    let options = LogsOptionsBuilder::new().stdout(true).build();
    let pieces = docker.logs(name, Some(options));
    let pieces: Vec<_> = pieces.try_collect().await.expect("a log");
    pieces.iter().map(ToString::to_string).collect()
}

/// Follows the log until a number above this one stands there.
async fn above(docker: &Docker, name: &str, number: u64) {
    let options = LogsOptionsBuilder::new().stdout(true).follow(true).build();
    let mut pieces = docker.logs(name, Some(options));
    while let Some(piece) = pieces.next().await {
        let text = piece.expect("a line").to_string();
        let numbers = text.split_whitespace().filter_map(|one| one.parse().ok());
        if numbers.max().unwrap_or(0) > number {
            return;
        }
    }
    panic!("{name} ended before it passed {number}");
}

/// The number counted to last, after it was seen that none was left out.
async fn counted(docker: &Docker, name: &str) -> u64 {
    let text = log(docker, name).await;
    let numbers: Vec<u64> = text.lines().map(|one| one.parse().expect(one)).collect();
    let last = *numbers.last().expect("it has counted");
    let first = numbers[0];
    assert!(numbers.iter().copied().eq(first..=last), "{numbers:?}");
    last
}

async fn status(docker: &Docker, name: &str) -> String {
    let seen = docker.inspect_container(name, None::<InspectContainerOptions>);
    let state = seen.await.expect("it is there").state.expect("a state");
    state.status.expect("a status").to_string()
}

fn code<T>(result: Result<T, Error>) -> u16 {
    match result {
        Err(Error::DockerResponseServerError { status_code, .. }) => status_code,
        Err(other) => panic!("{other}"),
        Ok(_) => 200,
    }
}

fn frozen(name: &str, directory: Option<&str>, exit: bool) -> CreateCheckpointOptions {
    CreateCheckpointOptions {
        checkpoint_id: name.to_owned(),
        checkpoint_dir: directory.map(str::to_owned),
        exit,
    }
}

async fn create(docker: &Docker, name: &str) {
    let options = CreateContainerOptionsBuilder::new().name(name).build();
    let body = ContainerCreateBody {
        image: Some(IMAGE.to_owned()),
        cmd: Some(["sh", "-c", COUNT_ALOUD].map(str::to_owned).to_vec()),
        ..Default::default()
    };
    let made = docker.create_container(Some(options), body).await;
    assert_eq!(made.expect("it is made").id.len(), 64);
}

async fn tell(service: &Service, directory: &str) {
    let docker = connect(service)
        .negotiate_version()
        .await
        .expect("a version");
    assert_eq!(docker.ping().await.expect("it is there").trim(), "OK");
    let start = |docker: Docker, name: &'static str| async move {
        docker
            .start_container(name, None::<StartContainerOptions>)
            .await
    };
    create(&docker, "story").await;
    let early = docker.create_checkpoint("story", frozen("early", None, true));
    assert_eq!(code(early.await), 409);
    start(docker.clone(), "story").await.expect("it starts");
    above(&docker, "story", 2).await;
    let made = docker.create_checkpoint("story", frozen("one", None, true));
    made.await.expect("it is frozen");
    assert_eq!(status(&docker, "story").await, "exited");
    let stood = counted(&docker, "story").await;
    let names = docker
        .list_checkpoints("story", None)
        .await
        .expect("a list");
    assert_eq!(names.len(), 1, "{names:?}");
    let none = start(thawing(service, "checkpoint=none"), "story").await;
    assert_eq!(code(none), 404);
    let thawed = start(thawing(service, "checkpoint=one"), "story").await;
    thawed.expect("it is thawed");
    above(&docker, "story", stood).await;
    counted(&docker, "story").await;
    let gone = docker.delete_checkpoint("story", "one", None).await;
    gone.expect("it is removed");
    // Into a directory, and on as another container when this one is no more.
    let made = docker.create_checkpoint("story", frozen("away", Some(directory), true));
    made.await.expect("it is frozen");
    let stood = counted(&docker, "story").await;
    let remove = RemoveContainerOptionsBuilder::new().force(true).build();
    let gone = docker.remove_container("story", Some(remove.clone()));
    gone.await.expect("it is removed");
    create(&docker, "second").await;
    let query = format!("checkpoint=away&checkpoint-dir={directory}");
    let thawed = start(thawing(service, &query), "second").await;
    thawed.expect("it is thawed");
    above(&docker, "second", stood).await;
    let process = CreateExecOptions {
        attach_stdout: Some(true),
        cmd: Some(vec!["sh", "-c", "echo within; exit 7"]),
        ..Default::default()
    };
    let process = docker.create_exec("second", process).await.expect("an id");
    let started = docker.start_exec(&process.id, None).await;
    let StartExecResults::Attached { output, .. } = started.expect("it starts") else {
        panic!("it is attached");
    };
    let said: Vec<_> = output.try_collect().await.expect("its output");
    let said: String = said.iter().map(ToString::to_string).collect();
    assert_eq!(said, "within\n");
    let ended = docker.inspect_exec(&process.id).await.expect("its end");
    assert_eq!(ended.exit_code, Some(7));
    let saved: Vec<_> = docker
        .export_image(IMAGE)
        .try_collect()
        .await
        .expect("an archive");
    let saved = saved.concat();
    let has = |word: &str| saved.windows(word.len()).any(|one| one == word.as_bytes());
    assert!(has("manifest.json") && has("index.json"));
    let waiting = docker.wait_container("second", None::<WaitContainerOptions>);
    let stopping = docker.stop_container(
        "second",
        Some(StopContainerOptions {
            t: Some(0),
            ..Default::default()
        }),
    );
    let (waited, stopped) = tokio::join!(waiting.collect::<Vec<_>>(), stopping);
    stopped.expect("it stops");
    // It calls a code that isn't 0 an error.
    let told = matches!(
        waited.as_slice(),
        [Err(Error::DockerContainerWaitError { code: 137, .. })]
    );
    assert!(told, "{waited:?}");
    let gone = docker.remove_container("second", Some(remove)).await;
    gone.expect("it is removed");
    let gone = docker.inspect_container("second", None::<InspectContainerOptions>);
    assert_eq!(code(gone.await), 404);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = now.expect("after 1970").as_secs();
    let options = EventsOptionsBuilder::new()
        .since(&(now - 120).to_string())
        .until(&(now + 1).to_string())
        .build();
    let seen: Vec<_> = docker
        .events(Some(options))
        .try_collect()
        .await
        .expect("events");
    let actions: Vec<String> = seen.into_iter().filter_map(|one| one.action).collect();
    for wanted in [
        "create",
        "start",
        "checkpoint",
        "restore",
        "exec",
        "die",
        "destroy",
    ] {
        let found = actions.iter().any(|one| one.starts_with(wanted));
        assert!(found, "{wanted}: {actions:?}");
    }
}
