//! A page parsed by a stranger to it. It is written so that it is XML too, but for the elements
//! without an end that HTML has and for attributes without a value.

use std::collections::HashSet;

use roxmltree::{Document, Node, ParsingOptions};

/// What XML wants, from what HTML has. Foreign text holds no raw `<`, so none of it is touched.
pub(super) fn as_xml(page: &str) -> String {
    let mut xml = page.replace("<details open>", "<details open=\"open\">");
    for void in ["<meta ", "<link "] {
        let mut parts = xml.split(void);
        let mut closed = parts.next().unwrap().to_owned();
        for part in parts {
            closed += void;
            closed += &part.replacen('>', "/>", 1);
        }
        xml = closed;
    }
    xml
}

/// Parses the page, or says where it is not well-formed.
pub(super) fn parse(xml: &str) -> Document<'_> {
    let options = ParsingOptions {
        allow_dtd: true,
        nodes_limit: u32::MAX,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(xml, options).unwrap_or_else(|error| {
        let line = xml.lines().nth(error.pos().row as usize - 1).unwrap();
        let column = error.pos().col as usize;
        let near: String = line
            .chars()
            .skip(column.saturating_sub(80))
            .take(160)
            .collect();
        panic!("{error}: {near}")
    })
}

/// The elements of a name.
pub(super) fn elements<'a, 'input>(
    document: &'a Document<'input>,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'input>> {
    let all = document.descendants();
    all.filter(move |node| node.is_element() && node.tag_name().name() == name)
}

/// All text in a node, as a reader sees it.
pub(super) fn text(node: Node) -> String {
    let texts = node.descendants().filter(Node::is_text);
    texts.filter_map(|node| node.text()).collect()
}

/// What holds of every page.
pub(super) fn check(page: &str) {
    let xml = as_xml(page);
    let document = parse(&xml);
    let all = || document.descendants().filter(Node::is_element);

    for name in ["script", "iframe", "object", "img", "form", "base", "a:a"] {
        assert_eq!(elements(&document, name).count(), 0, "{name}");
    }
    let mut ids = HashSet::new();
    for id in all().filter_map(|node| node.attribute("id")) {
        assert!(ids.insert(id), "{id} twice");
    }
    for node in all() {
        for attribute in node.attributes() {
            let (name, value) = (attribute.name(), attribute.value());
            assert!(
                !name.starts_with("on") && name != "src" && name != "style",
                "{name}"
            );
            match name {
                "href" => assert!(
                    value == "data:," || ids.contains(value.trim_start_matches('#')),
                    "{value}"
                ),
                "aria-labelledby" => {
                    for id in value.split(' ') {
                        assert!(ids.contains(id), "{id}");
                    }
                }
                "fill" => {
                    let id = value.trim_start_matches("url(#").trim_end_matches(')');
                    assert!(ids.contains(id), "{value}");
                }
                _ => {}
            }
        }
    }
    check_reading(&document);
}

/// What those rely on who can't see it.
fn check_reading(document: &Document) {
    let mut level = 0;
    for node in document.descendants().filter(Node::is_element) {
        let name = node.tag_name().name();
        if let ("h", Ok(now)) = (&name[..1], name[1..].parse::<u8>()) {
            assert!(now <= level + 1, "h{now} follows h{level}");
            level = now;
        }
    }
    assert_eq!(elements(document, "h1").count(), 1);
    for landmark in ["header", "nav", "main", "footer"] {
        assert_eq!(elements(document, landmark).count(), 1, "{landmark}");
    }
    for table in elements(document, "table") {
        let caption = table.first_element_child().unwrap();
        assert_eq!(caption.tag_name().name(), "caption");
        assert!(!text(caption).is_empty());
    }
    for header in elements(document, "th") {
        assert!(matches!(header.attribute("scope"), Some("row" | "col")));
        assert!(!text(header).is_empty());
    }
    for image in elements(document, "svg").filter(|node| node.attribute("role").is_some()) {
        let names: Vec<_> = image
            .children()
            .take(2)
            .map(|node| node.tag_name().name())
            .collect();
        assert_eq!(names, ["title", "desc"]);
    }
}
