//! Pods: made, started, stopped, removed as Podman's; what their containers share; Podman's words and
//! exit codes.

use serde_json::{Value, json};

use super::{COUNT_ALOUD, Tests, tests};
use crate::harness::{Host, IMAGE, wait};

pub mod freezing;
pub mod whole;

pub const TESTS: Tests = tests![
    life_of_a_pod,
    what_a_pod_shares,
    processes_are_shared_where_asked,
    without_an_infra_container,
    a_pod_made_with_its_container,
    once exit_policies,
    once refusals,
    removal,
    once events_and_filters,
    once figures,
];

/// Podman makes no infra container without catatonit, which the host lacks.
fn is_here(host: &Host) -> bool {
    !host.engine.is_podman()
}

#[track_caller]
fn facts(host: &Host, pod: &str) -> Value {
    let text = host.ok(&["pod", "inspect", pod]);
    let list: Value = serde_json::from_str(&text).expect("pod inspect prints JSON");
    list[0].clone()
}

#[track_caller]
fn state(host: &Host, pod: &str) -> String {
    facts(host, pod)["State"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[track_caller]
fn infra(host: &Host, pod: &str) -> String {
    let facts = facts(host, pod);
    facts["InfraContainerID"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// The namespace that the first process of a container is in.
fn namespace(host: &Host, container: &str, kind: &str) -> String {
    let link = format!("/proc/{}/ns/{kind}", host.pid(container));
    std::fs::read_link(link).map_or_else(|_| String::new(), |path| path.display().to_string())
}

fn life_of_a_pod(host: &Host) {
    if !is_here(host) {
        return;
    }
    let id = host.ok(&[
        "pod", "create", "--name", "p", "--label", "a=b", "-p", "8080:80",
    ]);
    let made = facts(host, "p");
    let (infra, name) = (infra(host, "p"), format!("{}-infra", &id[..12]));
    assert_eq!(made["Id"], id.as_str());
    for (key, value) in [
        ("State", json!("Created")),
        ("Hostname", json!("")),
        ("Labels", json!({"a": "b"})),
        ("ExitPolicy", json!("continue")),
        ("SharedNamespaces", json!(["ipc", "net", "uts"])),
        ("NumContainers", json!(1)),
        ("CgroupPath", json!(format!("/cryopod/pod-{id}"))),
        (
            "Containers",
            json!([{"Id": infra, "Name": name, "State": "created"}]),
        ),
    ] {
        assert_eq!(made[key], value, "{key}");
    }
    let ports = json!({"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}]});
    assert_eq!(made["InfraConfig"]["PortBindings"], ports);
    assert_eq!(made["InfraConfig"]["Networks"], json!(["podman"]));
    let one = host.inspect(&infra);
    assert_eq!((&one["IsInfra"], &one["Pod"]), (&json!(true), &json!(id)));

    assert_eq!(host.ok(&["pod", "start", "p"]), "p");
    host.start("a", &["--pod", "p"], &["sleep", "1000"]);
    host.ok(&[
        "create",
        "--pod",
        &id[..8],
        "--name",
        "b",
        IMAGE,
        "sleep",
        "1000",
    ]);
    assert_eq!(state(host, "p"), "Degraded");
    let member = host.inspect("a");
    assert_eq!(member["Pod"], id.as_str());
    assert_eq!(
        member["HostConfig"]["NetworkMode"],
        format!("container:{infra}")
    );
    assert_eq!(
        member["HostConfig"]["IpcMode"],
        format!("container:{infra}")
    );
    let place = member["State"]["CgroupPath"].as_str().unwrap_or_default();
    assert!(place.starts_with(&format!("/cryopod/pod-{id}/")), "{place}");
    let row = host.ok(&[
        "ps",
        "-a",
        "--pod",
        "--format",
        "{{.Names}} {{.Pod}} {{.PodName}} {{.Ports}}",
    ]);
    let row = row
        .lines()
        .find(|line| line.starts_with("a "))
        .unwrap_or_default();
    assert_eq!(row, format!("a {} p 0.0.0.0:8080->80/tcp", &id[..12]));

    assert_eq!(host.ok(&["pod", "pause", "p"]), id);
    assert_eq!(
        (host.status("a"), host.status(&infra)),
        ("paused".into(), "paused".into())
    );
    assert_eq!(host.ok(&["pod", "unpause", "p"]), id);
    assert_eq!(host.status("a"), "running");
    let before = host.pid("a");
    host.ok(&["pod", "kill", "p"]);
    for one in ["a", infra.as_str()] {
        host.wait_for_status(one, "exited");
    }
    assert_eq!(state(host, "p"), "Stopped");
    assert_eq!(host.ok(&["pod", "start", "p"]), "p");
    assert_eq!(state(host, "p"), "Running");
    assert_ne!(host.pid("a"), before);
    assert_eq!(host.ok(&["pod", "stop", "-t", "0", "p"]), "p");
    assert_eq!(state(host, "p"), "Exited");
    assert_eq!(host.ok(&["pod", "prune", "-f"]), id);
    assert_eq!(host.run(&["pod", "exists", "p"]).code, 1);
    assert_eq!(host.ok(&["ps", "-aq"]), "");
}

fn what_a_pod_shares(host: &Host) {
    if !is_here(host) {
        return;
    }
    host.ok(&[
        "pod",
        "create",
        "--name",
        "p",
        "--add-host",
        "there:10.1.2.3",
    ]);
    host.start(
        "web",
        &["--pod", "p"],
        &["workload", "web", "8080", "/tmp/count"],
    );
    host.start("other", &["--pod", "p"], &["sleep", "1000"]);
    let infra = infra(host, "p");
    for kind in ["net", "ipc", "uts"] {
        let shared = namespace(host, &infra, kind);
        for one in ["web", "other"] {
            assert_eq!(namespace(host, one, kind), shared, "{one} {kind}");
        }
    }
    assert_ne!(
        namespace(host, "web", "pid"),
        namespace(host, "other", "pid")
    );
    // One listens, the other connects through its own loopback.
    wait::until("an answer of the other", || {
        let done = host.run(&["exec", "other", "wget", "-qO-", "http://127.0.0.1:8080/"]);
        (done.code == 0).then_some(())
    });
    assert_eq!(host.shell("other", "hostname"), "p");
    host.shell("web", "echo there > /dev/shm/note");
    assert_eq!(host.shell("other", "cat /dev/shm/note"), "there");
    let hosts = host.shell("other", "cat /etc/hosts");
    assert!(hosts.contains("10.1.2.3\tthere"), "{hosts}");
    // It has a network of its own where it asks for one.
    host.start(
        "alone",
        &["--pod", "p", "--network", "none"],
        &["sleep", "1000"],
    );
    assert_ne!(
        namespace(host, "alone", "net"),
        namespace(host, "web", "net")
    );
    // What it shares stays while one of them starts again.
    let before = namespace(host, "web", "net");
    host.ok(&["stop", "-t", "0", "web"]);
    host.ok(&["start", "web"]);
    assert_eq!(namespace(host, "web", "net"), before);
}

fn processes_are_shared_where_asked(host: &Host) {
    if !is_here(host) {
        return;
    }
    host.ok(&["pod", "create", "--name", "p", "--share", "net,pid"]);
    // Its child is orphaned at once, and reaped by the infra container.
    host.start_shell("one", &["--pod", "p"], "(sleep 0.1 &); sleep 1000");
    host.start("two", &["--pod", "p"], &["sleep", "1000"]);
    let seen = host.shell("two", "ps -o args");
    assert!(
        seen.contains("/pause") && seen.contains("sleep 1000"),
        "{seen}"
    );
    wait::until("no dead process", || {
        let seen = host.shell("two", "ps -o stat,args");
        (!seen
            .lines()
            .any(|line| line.starts_with('Z') || line.ends_with("sleep 0.1")))
        .then_some(())
    });
    assert_ne!(namespace(host, "one", "uts"), namespace(host, "two", "uts"));
    // The first process ends when told, though it is the first of a pid namespace.
    let begun = std::time::Instant::now();
    host.ok(&["kill", "-s", "KILL", "one"]);
    host.ok(&["kill", "-s", "KILL", "two"]);
    host.ok(&["stop", &infra(host, "p")]);
    assert!(begun.elapsed().as_secs() < 8);
    assert_eq!(host.inspect(&infra(host, "p"))["State"]["ExitCode"], 0);
}

fn without_an_infra_container(host: &Host) {
    if !is_here(host) {
        return;
    }
    let id = host.ok(&["pod", "create", "--infra=false", "p"]);
    assert_eq!(facts(host, "p")["CreateInfra"], false);
    host.fails(
        &["pod", "start", "p"],
        125,
        &format!("Error: no containers in pod {id} have no dependencies, cannot start pod: no such container"),
    );
    let name = host.ok(&["run", "--rm", "--pod", "p", IMAGE, "hostname"]);
    assert_eq!(name.len(), 12, "{name}");
    host.start(
        "one",
        &["--pod", "p", "--network", "none"],
        &["sleep", "1000"],
    );
    assert_eq!(state(host, "p"), "Running");
    host.ok(&["rm", "-f", "-t", "0", "one"]);
    assert_eq!(host.ok(&["pod", "rm", "p"]), id);
}

fn a_pod_made_with_its_container(host: &Host) {
    if !is_here(host) {
        return;
    }
    host.start(
        "one",
        &["--pod", "new:p", "-p", "8081:80"],
        &["sleep", "1000"],
    );
    assert_eq!(state(host, "p"), "Running");
    let ports = &facts(host, "p")["InfraConfig"]["PortBindings"];
    assert_eq!(ports["80/tcp"][0]["HostPort"], "8081");
    host.fails(
        &["run", "-d", "--pod", "new:p", IMAGE, "true"],
        125,
        "Error: adding pod to state: name \"p\" is in use: pod already exists",
    );
    // One whose container can't be made goes again.
    assert_eq!(
        host.run(&["create", "--pod", "new:q", "--name", "one", IMAGE, "true"])
            .code,
        125
    );
    assert_eq!(host.run(&["pod", "exists", "q"]).code, 1);
}

fn exit_policies(host: &Host) {
    if !is_here(host) {
        return;
    }
    for (policy, after) in [("stop", "Exited"), ("continue", "Degraded")] {
        host.ok(&["pod", "create", "--name", policy, "--exit-policy", policy]);
        host.start("long", &["--pod", policy], &["sleep", "1000"]);
        host.ok(&["run", "--pod", policy, IMAGE, "true"]);
        // Another one still runs.
        assert_eq!(host.status(&infra(host, policy)), "running");
        host.ok(&["stop", "-t", "0", "long"]);
        if policy == "stop" {
            wait::until("the end of the pod", || {
                (state(host, policy) == after).then_some(())
            });
        } else {
            assert_eq!(state(host, policy), after);
        }
        host.ok(&["pod", "rm", "-f", "-t", "0", policy]);
    }
}

fn refusals(host: &Host) {
    if !is_here(host) {
        return;
    }
    host.ok(&["pod", "create", "--name", "p"]);
    let run =
        |options: &[&'static str]| [&["create", "--pod", "p"], options, &[IMAGE, "true"]].concat();
    let on_network = "network cannot be configured when it is shared with a pod";
    for (words, text) in [
        (run(&["--hostname", "x"]), "Error: invalid config provided: cannot set hostname when joining the pod UTS namespace: invalid configuration".to_owned()),
        (run(&["-p", "80:80"]), format!("Error: invalid config provided: published or exposed ports must be defined when the pod is created: {on_network}")),
        (run(&["--ip", "10.88.0.9"]), format!("Error: invalid config provided: networks must be defined when the pod is created: {on_network}")),
        (vec!["create", "--pod", "nope", IMAGE, "true"], "Error: no pod with name or ID nope found: no such pod".to_owned()),
        (vec!["pod", "create", "--name", "p"], "Error: adding pod to state: name \"p\" is in use: pod already exists".to_owned()),
        (vec!["pod", "create", "--share", "foo"], "Error: invalid kernel namespace to share: foo. Options are: cgroup, ipc, net, pid, uts or none".to_owned()),
        (vec!["pod", "create", "--infra=false", "-p", "80:80"], "Error: you must have an infra container to publish port bindings to the host".to_owned()),
        (vec!["pod", "create", "--exit-policy", "foo"], "Error: running pod create option: invalid pod exit policy: \"foo\"".to_owned()),
        (vec!["pod", "create", "a b"], "Error: running pod create option: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument".to_owned()),
        (vec!["pod", "stop", "nope"], "Error: no pod with name or ID nope found: no such pod".to_owned()),
        (vec!["pod", "start"], "Error: you must provide at least one name or id".to_owned()),
        (vec!["pod", "inspect"], "Error: no names or ids specified".to_owned()),
        (vec!["pod", "inspect", "nope"], "Error: no such pod nope".to_owned()),
        (vec!["pod", "kill", "-s", "foo", "p"], "Error: invalid signal: foo".to_owned()),
        (vec!["pod", "ps", "--filter", "foo=bar"], "Error: foo is an invalid filter".to_owned()),
    ] {
        host.fails(&words, 125, &text);
    }
    assert_eq!(
        host.ok(&["ps", "-aq", "--filter", "pod=p"]).lines().count(),
        1
    );
    host.fails(
        &["pod", "rm", "nope"],
        1,
        "Error: no pod with name or ID nope found: no such pod",
    );
    host.ok(&["pod", "rm", "-i", "nope"]);
    // A container may have the name of a pod, as in Podman.
    host.ok(&["create", "--name", "p", IMAGE, "true"]);
}

fn removal(host: &Host) {
    if !is_here(host) {
        return;
    }
    let id = host.ok(&["pod", "create", "--name", "p"]);
    let infra = infra(host, "p");
    host.fails(
        &["rm", "-f", &infra],
        125,
        &format!("Error: container {infra} is the infra container of pod {id} and cannot be removed without removing the pod"),
    );
    host.start_shell("one", &["--pod", "p", "-v", "/own"], COUNT_ALOUD);
    let done = host.run(&["pod", "rm", "p"]);
    assert_eq!(done.code, 125, "{done}");
    assert!(
        done.stderr.contains("cannot remove container") && done.stderr.contains("without force"),
        "{done}"
    );
    assert_eq!(host.status("one"), "running");
    assert_eq!(host.ok(&["pod", "rm", "-f", "-t", "0", "p"]), id);
    assert_eq!(host.ok(&["ps", "-aq"]), "");
    assert_eq!(host.ok(&["volume", "ls", "-q"]), "");
    // What is a pod's is not swept with what stands alone.
    host.ok(&["pod", "create", "--name", "q"]);
    host.ok(&["create", "--pod", "q", "--name", "member", IMAGE, "true"]);
    host.ok(&["create", "--name", "alone", IMAGE, "true"]);
    assert_eq!(
        host.ok(&["container", "prune", "-f"]).lines().count(),
        1,
        "alone alone goes"
    );
    assert_eq!(facts(host, "q")["NumContainers"], 2);
    host.ok(&["rm", "member"]);
    assert_eq!(host.ok(&["container", "prune", "-f"]), "");
    host.ok(&["pod", "start", "q"]);
    host.ok(&["pod", "rm", "-f", "-t", "0", "q"]);
    // Only its infra container runs: nobody misses it.
    host.ok(&["pod", "create", "--name", "p"]);
    host.ok(&["pod", "start", "p"]);
    host.ok(&["pod", "rm", "p"]);
}

fn events_and_filters(host: &Host) {
    if !is_here(host) {
        return;
    }
    let id = host.ok(&["pod", "create", "--name", "seen"]);
    host.ok(&["pod", "start", "seen"]);
    host.ok(&["pod", "stop", "-t", "0", "seen"]);
    host.ok(&["pod", "rm", "seen"]);
    let text = host.ok(&[
        "events",
        "--stream=false",
        "--filter",
        "type=pod",
        "--format",
        "{{.Status}} {{.ID}} {{.Name}}",
    ]);
    let own: Vec<&str> = text.lines().filter(|line| line.contains(&id)).collect();
    let expected = ["create", "start", "stop", "remove"].map(|kind| format!("{kind} {id} seen"));
    assert_eq!(own, expected);
    let text = host.ok(&[
        "events",
        "--stream=false",
        "--no-trunc",
        "--filter",
        "event=init",
    ]);
    let last = text.lines().last().unwrap_or_default();
    assert!(last.contains(&format!("pod_id={id}")), "{last}");

    host.ok(&["pod", "create", "--name", "a", "--label", "x=1"]);
    host.ok(&["pod", "create", "--name", "b", "--network", "none"]);
    let names = |filter: &str| host.ok(&["pod", "ps", "--filter", filter, "--format", "{{.Name}}"]);
    assert_eq!(names("label=x=1"), "a");
    assert_eq!(names("network=podman"), "a");
    assert_eq!(names("status=created"), "b\na");
    assert_eq!(names("ctr-number=2"), "");
    assert_eq!(
        host.ok(&["pod", "ps", "--sort", "name", "--format", "{{.Name}}"]),
        "a\nb"
    );
}

fn figures(host: &Host) {
    if !is_here(host) {
        return;
    }
    host.ok(&["pod", "create", "--name", "p"]);
    host.start_shell("one", &["--pod", "p"], "echo from one; sleep 1000");
    host.start_shell("two", &["--pod", "p"], "echo from two; sleep 1001");
    host.wait_for_log("one", "from");
    host.wait_for_log("two", "from");
    assert_eq!(
        host.ok(&["pod", "logs", "-n", "p"]),
        "one from one\ntwo from two"
    );
    assert_eq!(host.ok(&["pod", "logs", "-c", "two", "-l"]), "from two");
    let processes = host.ok(&["pod", "top", "p", "pid", "args"]);
    for seen in ["PID", "sleep 1000", "sleep 1001"] {
        assert_eq!(processes.matches(seen).count(), 1, "{processes}");
    }
    host.fails(&["pod", "top", "p", "-ef"], 125, "options of ps(1)");
    let text = host.ok(&["pod", "stats", "--no-stream", "--format", "json"]);
    let all: Value = serde_json::from_str(&text).expect("pod stats prints JSON");
    let id = facts(host, "p")["Id"].as_str().unwrap_or_default()[..12].to_owned();
    let all = all.as_array().cloned().unwrap_or_default();
    assert_eq!(all.len(), 3, "{text}");
    assert!(all.iter().all(|one| one["Pod"] == id.as_str()), "{text}");
    let table = host.ok(&["pod", "stats", "--no-stream", "p"]);
    assert!(
        table.starts_with("POD ") && table.contains(" two "),
        "{table}"
    );
    host.ok(&["pod", "stop", "-t", "0", "p"]);
    host.fails(
        &["pod", "top", "p"],
        125,
        "can only be used on running pods",
    );
    assert_eq!(
        host.ok(&["pod", "stats", "--no-stream", "--format", "{{.Name}}"]),
        ""
    );
}
