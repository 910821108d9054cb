//! PouchContainer's checkpoints (its PR 1740), on the socket that its clients look for, by curl.

use serde_json::Value;

use super::Service;
use crate::harness::{Host, IMAGE};
use crate::suites::{COUNT_ALOUD, Tests, tests};

pub const TESTS: Tests = tests![into_another_container, names_only];

/// Frozen into a directory, listed by its marker, thawed in another container.
fn into_another_container(host: &Host) {
    let service = Service::named(host, "pouchd.sock", &["--time", "0"]);
    let base = "/v1.24/containers";
    let directory = host.file("kept");
    host.start_shell("one", &[], COUNT_ALOUD);
    host.wait_for_log("one", "3\n");
    let body = format!(r#"{{"CheckpointID":"cp","CheckpointDir":"{directory}","Exit":true}}"#);
    service.expect(201, "POST", &format!("{base}/one/checkpoints"), &body);
    let id = host.inspect("one")["Id"].clone();
    let marker = std::fs::read_to_string(format!("{directory}/cp/config.json")).unwrap();
    let marker: Value = serde_json::from_str(&marker).unwrap();
    assert_eq!(
        (&marker["ContainerID"], &marker["CheckpointName"]),
        (&id, &"cp".into())
    );
    let listed = format!("{base}/one/checkpoints?dir={directory}");
    assert_eq!(service.expect(200, "GET", &listed, ""), r#"["cp"]"#);
    let last = host.log("one").lines().count();
    host.ok(&["create", "--name", "two", IMAGE, "sh", "-c", COUNT_ALOUD]);
    // Only those whose marker names the container.
    let of_other = format!("{base}/two/checkpoints?dir={directory}");
    assert_eq!(service.expect(200, "GET", &of_other, ""), "[]");
    let start = format!("{base}/two/start?checkpoint=cp&checkpoint-dir={directory}");
    service.expect(204, "POST", &start, "");
    let log = host.log("two");
    host.wait_for_more_log("two", &log);
    let number: usize = host.log("two").lines().last().unwrap().parse().unwrap();
    assert!(number + 1 >= last, "{number} after {last}");
    let remove = format!("{base}/one/checkpoints/cp?dir={directory}");
    service.expect(204, "DELETE", &remove, "");
    assert_eq!(service.expect(200, "GET", &listed, ""), "[]");
    host.ok(&["rm", "-f", "-t", "0", "one", "two"]);
}

fn names_only(host: &Host) {
    if host.runtime != "crun" {
        return;
    }
    let service = Service::named(host, "pouchd.sock", &["--time", "0"]);
    let base = "/v1.24/containers";
    host.start_shell("p", &[], COUNT_ALOUD);
    let list = format!("{base}/p/checkpoints");
    assert_eq!(service.expect(200, "GET", &list, ""), "[]");
    let missing = format!("{list}?dir={}", host.file("nosuch"));
    assert_eq!(service.expect(200, "GET", &missing, ""), "null");
    let body = r#"{"CheckpointID":"here","Exit":false}"#;
    service.expect(201, "POST", &list, body);
    assert_eq!(service.expect(200, "GET", &list, ""), r#"["here"]"#);
    let text = service.expect(400, "POST", &list, r#"{"CheckpointID":""}"#);
    assert!(text.contains("checkpoint id should not be empty"), "{text}");
    service.expect(404, "POST", &format!("{base}/nosuch/checkpoints"), body);
    // By any other socket it is Docker's interface.
    let docker = Service::start(host);
    assert_eq!(docker.expect(200, "GET", &list, ""), r#"[{"Name":"here"}]"#);
    service.expect(204, "DELETE", &format!("{list}/here"), "");
    host.ok(&["rm", "-f", "-t", "0", "p"]);
}
