//! Templates side by side with what Podman 5.8.6 printed for the same.

use super::{Headings, JSON_FACE, Schema, render_document, render_rows, render_table};
use serde_json::{Value, json};

const SCHEMA: Schema = Schema(&[
    ("*", "interface {}"),
    ("*.State", "*define.InspectContainerState"),
    ("*.Config", "*define.InspectContainerConfig"),
    ("*.NetworkSettings", "*define.InspectNetworkSettings"),
    (
        "*.NetworkSettings.Networks.*",
        "*define.InspectAdditionalNetwork",
    ),
]);

fn row() -> Value {
    json!({
        "Id": "abc", "Name": "a", "Args": ["hi", "there"],
        "State": {"Status": "created", "Running": false, "ExitCode": 0},
        "Config": {"Labels": {"x": "y"}, "Volumes": {}, "Entrypoint": []},
        "NetworkSettings": {"Networks": {"none": {"IPAddress": "10.88.0.2"}}},
        JSON_FACE: {"Id": "abc"},
    })
}

fn good(format: &str) -> String {
    let (text, result) = render_rows("inspect", format, &[row()], SCHEMA);
    result.unwrap_or_else(|error| panic!("{format}: {error}"));
    text.strip_suffix('\n').unwrap().to_owned()
}

fn wrong(format: &str) -> String {
    render_rows("inspect", format, &[row()], SCHEMA)
        .1
        .expect_err(format)
        .to_string()
}

#[test]
fn values() {
    for (format, text) in [
        ("{{.Id}} {{.ID}}", "abc abc"),
        ("{{.State.Running}} {{.State.ExitCode}}", "false 0"),
        ("{{.State}}", "{created false 0}"),
        (
            "{{.Args}} {{.Config.Labels}} {{.Config.Volumes}}",
            "[hi there] map[x:y] map[]",
        ),
        (
            "{{.Config.Labels.x}} {{.Config.Labels.foo}} {{index .Config.Labels \"foo\"}}.",
            "y <no value> .",
        ),
        ("{{.NetworkSettings.Networks.none.IPAddress}}", "10.88.0.2"),
        ("{{.NetworkSettings.Networks.foo.IPAddress}}", "<no value>"),
        (
            "{{(index .NetworkSettings.Networks \"none\").IPAddress}}",
            "10.88.0.2",
        ),
        (
            "{{json .State.Status}} {{json .Args}}",
            "\"created\" [\"hi\",\"there\"]",
        ),
        ("{{json .}}", "{\"Id\":\"abc\"}"),
        ("{{.Id}}}", "abc}"),
        ("a\\tb\\nc", "a\tb\nc"),
    ] {
        assert_eq!(good(format), text, "{format}");
    }
}

#[test]
fn control() {
    for (format, text) in [
        (
            "{{if .State.Running}}y{{else if eq .Name \"a\"}}n{{end}} {{not .State.Running}}",
            "n true",
        ),
        (
            "{{range $i, $e := .Args}}{{$i}}={{$e}} {{end}}",
            "0=hi 1=there ",
        ),
        ("{{range .Args}}{{.}},{{else}}none{{end}}", "hi,there,"),
        ("{{range .Config.Volumes}}x{{else}}none{{end}}", "none"),
        (
            "{{range $k, $v := .NetworkSettings.Networks}}{{$k}} {{$v.IPAddress}}{{end}}",
            "none 10.88.0.2",
        ),
        ("{{with .State}}{{.Status}} {{len $}}{{end}}", "created 1"),
        ("{{$x := .Name}}{{$x}}{{$x = \"b\"}}{{$x}}", "ab"),
        ("a {{- .Id -}} b", "aabcb"),
        ("{{/* no */}}x", "x"),
        ("{{and .Name .Id}} {{or \"\" .Id}}", "abc abc"),
    ] {
        assert_eq!(good(format), text, "{format}");
    }
}

#[test]
fn calls() {
    for (format, text) in [
        (
            "{{len .Args}} {{printf \"%s-%d\" .Name 3}} {{upper .Name}} {{.Name | lower}}",
            "2 a-3 A a",
        ),
        (
            "{{join .Args \",\"}} {{title \"hi there\"}} {{index .Args 1}}",
            "hi,there Hi There there",
        ),
        (
            "{{printf \"%-4s|%4s|%03d|%q|%v\" .Name .Name 7 .Name true}}",
            "a   |   a|007|\"a\"|true",
        ),
        (
            "{{eq 1 1}} {{ne .Name \"b\"}} {{lt 1 2}} {{ge \"b\" \"a\"}}",
            "true true true true",
        ),
        (
            "{{slice .Id 0 2}} {{truncate .Id 1}} {{split \"a,b\" \",\"}}",
            "ab a [a b]",
        ),
        (
            "{{print 1 2 \"x\" 3}} {{html \"<\"}} {{urlquery \"a b&\"}}",
            "1 2x3 &lt; a+b%26",
        ),
        (
            "{{printf \"%d\" \"x\"}} {{printf \"%s\"}}",
            "%!d(string=x) %!s(MISSING)",
        ),
    ] {
        assert_eq!(good(format), text, "{format}");
    }
}

#[test]
fn podmans_complaints() {
    for (format, text) in [
        (
            "{{.Foo}}",
            "inspect:1:13: executing \"inspect\" at <.Foo>: can't evaluate field Foo in type interface {}",
        ),
        (
            "{{.State.Foo}}",
            "inspect:1:19: executing \"inspect\" at <.State.Foo>: can't evaluate field Foo in type *define.InspectContainerState",
        ),
        ("{{foo}}", "inspect:1: function \"foo\" not defined"),
        ("{{.Id | foo}}", "inspect:1: function \"foo\" not defined"),
        ("{{.Id", "inspect:1: bad character U+007B '{'"),
        ("{{end}}", "inspect:1: unexpected {{end}}"),
        ("{{}}", "inspect:1: missing value for command"),
        ("{{$x}}", "inspect:1: undefined variable \"$x\""),
        (
            "{{index .Args 4}}",
            "inspect:1:13: executing \"inspect\" at <index .Args 4>: error calling index: index out of range: 4",
        ),
        (
            "{{len .State}}",
            "inspect:1:13: executing \"inspect\" at <len .State>: error calling len: len of type define.InspectContainerState",
        ),
    ] {
        assert_eq!(wrong(format), format!("template: {text}"), "{format}");
    }
    assert!(wrong("{{range .Name}}{{end}}").ends_with("at <.Name>: range can't iterate over a"));
    assert!(wrong("{{if .Id}}x").ends_with("unexpected EOF"));
    assert!(wrong("{{\"a").contains("unterminated quoted string"));
    assert!(wrong("{{.Id 3}}").contains("can't give argument to non-function .Id"));
    assert!(wrong("{{(.Id}}").contains("unclosed left paren"));
}

#[test]
fn what_came_before_an_error_is_kept() {
    let (text, result) = render_rows("inspect", "{{.Id}} {{.Foo}}", &[row()], SCHEMA);
    assert_eq!(text, "abc ");
    assert!(result.is_err());
}

#[test]
fn a_list_may_bring_its_own_loop() {
    let (text, result) =
        super::render_list("ps", "{{range .}}{{.Id}},{{end}}", &[row(), row()], SCHEMA);
    result.unwrap();
    assert_eq!(text, "abc,abc,\n");
}

#[test]
fn tables() {
    let headings = Headings(&[("ID", "CONTAINER ID"), ("Names", "NAMES")]);
    let rows = [json!({"ID": "abc", "Names": "x"})];
    let table = |bare| {
        render_table(
            "ps",
            "table {{.ID}} {{upper .Names}}",
            &rows,
            Schema(&[]),
            headings,
            bare,
        )
    };
    assert_eq!(
        table(false).unwrap(),
        "CONTAINER ID  NAMES\nabc           X\n"
    );
    assert_eq!(table(true).unwrap(), "abc         X\n");
}

#[test]
fn one_document() {
    let (text, result) = render_document(
        "info",
        "{{.Host.OCIRuntime.Name}}",
        &json!({"host": {"ociRuntime": {"name": "crun"}}}),
        Schema(&[]),
    );
    result.unwrap();
    assert_eq!(text, "crun\n");
    let schema = Schema(&[("", "system.infoReport")]);
    let (_, result) = render_document("info", "{{.Foo}}", &json!({}), schema);
    assert_eq!(
        result.unwrap_err().to_string(),
        "template: info:1:2: executing \"info\" at <.Foo>: can't evaluate field Foo in type system.infoReport"
    );
}
