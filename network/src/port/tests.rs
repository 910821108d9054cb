//! Each text here was printed by Podman 5.8.6 for the same `-p`.

use super::*;

fn good(text: &str) -> (String, u16, u16, u16, &'static str) {
    let port = parse(text).unwrap();
    (
        port.host_ip,
        port.host_port,
        port.container_port,
        port.range,
        port.protocol.as_str(),
    )
}

#[test]
fn forms() {
    let any = String::new;
    assert_eq!(good("80"), (any(), 0, 80, 1, "tcp"));
    assert_eq!(good(":80"), (any(), 0, 80, 1, "tcp"));
    assert_eq!(good("+80/TCP"), (any(), 0, 80, 1, "tcp"));
    assert_eq!(good("8080:80/udp"), (any(), 8080, 80, 1, "udp"));
    assert_eq!(good("1.2.3.4::80"), ("1.2.3.4".to_owned(), 0, 80, 1, "tcp"));
    assert_eq!(
        good("127.0.0.1:9000-9002:90-92/sctp"),
        ("127.0.0.1".to_owned(), 9000, 90, 3, "sctp")
    );
    assert_eq!(good("[::1]:80:81"), ("::1".to_owned(), 80, 81, 1, "tcp"));
    assert_eq!(good("1-65535:1-65535"), (any(), 1, 1, 65535, "tcp"));
}

#[test]
fn refusals() {
    let table = [
        ("80:80:80:80", FORMAT),
        ("::1:80:80", FORMAT),
        ("[::1:80:80", FORMAT),
        ("[fe80::1", "cannot parse \"[fe80\" as an IP address"),
        (
            "abc",
            "parsing container port: invalid port number: strconv.Atoi: parsing \"abc\": invalid syntax",
        ),
        (
            " 80",
            "parsing container port: invalid port number: strconv.Atoi: parsing \" 80\": invalid syntax",
        ),
        (
            "99999999999999999999",
            "parsing container port: invalid port number: strconv.Atoi: parsing \"99999999999999999999\": value out of range",
        ),
        (
            "1-2:3",
            "host and container port ranges have different lengths: 2 vs 1",
        ),
        (
            "90:80-81",
            "host and container port ranges have different lengths: 1 vs 2",
        ),
        (
            "0:80",
            "parsing host port: port numbers must be between 1 and 65535 (inclusive), got 0",
        ),
        (
            "80:99999",
            "parsing container port: port numbers must be between 1 and 65535 (inclusive), got 99999",
        ),
        (
            "80-70",
            "parsing container port: the end port of a range must be higher than the start port - 70 is not higher than 80",
        ),
        (
            "80-80",
            "parsing container port: the end port of a range must be higher than the start port - 80 is not higher than 80",
        ),
        (
            "10-5:80-85",
            "parsing host port: the end port of a range must be higher than the start port - 5 is not higher than 10",
        ),
        (
            "1-1:a-b",
            "parsing container port: invalid port number: strconv.Atoi: parsing \"a\": invalid syntax",
        ),
        (
            "80-81-82",
            "parsing container port: invalid port format - port ranges are formatted as startPort-stopPort",
        ),
        (
            "80-",
            "parsing container port: must provide ending number for port range",
        ),
        (
            "-80",
            "parsing container port: port numbers cannot be negative",
        ),
        (
            "-80:80",
            "parsing host port: port numbers cannot be negative",
        ),
        ("80/foo", "unrecognized protocol \"foo\" in port mapping"),
        ("80/", "must provide a non-empty protocol to publish"),
        (
            "80/tcp/udp",
            "invalid port format - protocol can only be specified once",
        ),
        (":80:", "must provide a non-empty container port to publish"),
        (
            "8080:",
            "must provide a non-empty container port to publish",
        ),
        (":", "must provide a non-empty container port to publish"),
        (
            ":80:80",
            "must provide a non-empty container host IP to publish",
        ),
        (
            "[]:80:80",
            "must provide a non-empty container host IP to publish",
        ),
        (
            "300.1.1.1:80:80",
            "cannot parse \"300.1.1.1\" as an IP address",
        ),
        (
            "[::1]:80",
            "invalid port format - must provide host and destination port if specifying an IP",
        ),
        (
            "[::1]:80:80:90",
            "invalid port format - when v6 address specified, must be [ipv6]:hostPort:ctrPort",
        ),
        (
            "[::1]8080:80",
            "invalid port format - IPv6 address must be followed by a colon (':')",
        ),
    ];
    for (text, message) in table {
        assert_eq!(parse(text).unwrap_err().to_string(), message, "-p {text:?}");
    }
}

#[test]
fn merged() {
    let show = |texts: &[&str]| -> Vec<String> {
        let show = |m: &PortMapping| {
            format!(
                "{}:{}:{}+{}/{}",
                m.host_ip,
                m.host_port,
                m.container_port,
                m.range,
                m.protocol.as_str()
            )
        };
        parse_all(texts).unwrap().iter().map(show).collect()
    };
    assert_eq!(
        show(&["8085-8087:80-82", "8086-8088:81-83", "8086:81"]),
        [":8085:80+4/tcp"]
    );
    assert_eq!(
        show(&["53:53/udp", "53:53", "80", "80"]),
        [":53:53+1/tcp", ":53:53+1/udp", ":0:80+1/tcp"]
    );
    // Kept apart, so that the second bind fails as it does in Podman.
    assert_eq!(
        show(&["8085:80", "8085:81"]),
        [":8085:80+1/tcp", ":8085:81+1/tcp"]
    );
    assert_eq!(
        show(&["1.1.1.1:80:80", "1.1.1.2:81:81"]),
        ["1.1.1.1:80:80+1/tcp", "1.1.1.2:81:81+1/tcp"]
    );
}
