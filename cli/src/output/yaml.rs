//! YAML as `info` prints it: block style, keys sorted, long texts as literal blocks. Only what JSON
//! values need (YAML 1.2, <https://yaml.org/spec/1.2.2/>).

use serde_json::Value;

/// A value as YAML, with a line end.
pub fn render(value: &Value) -> String {
    let mut text = String::new();
    block(value, 0, &mut text);
    text
}

fn block(value: &Value, depth: usize, text: &mut String) {
    let blanks = "  ".repeat(depth);
    match value {
        Value::Object(object) if !object.is_empty() => {
            let mut members: Vec<_> = object.iter().collect();
            members.sort_by(|left, right| left.0.cmp(right.0));
            for (key, member) in members {
                text.push_str(&blanks);
                text.push_str(&scalar(key));
                text.push(':');
                match member {
                    Value::Object(inner) if !inner.is_empty() => {
                        text.push('\n');
                        block(member, depth + 1, text);
                    }
                    Value::Array(inner) if !inner.is_empty() => {
                        text.push('\n');
                        block(member, depth, text);
                    }
                    other => {
                        text.push(' ');
                        line(other, depth + 1, text);
                    }
                }
            }
        }
        Value::Array(list) if !list.is_empty() => {
            for item in list {
                text.push_str(&blanks);
                text.push_str("- ");
                let mut inner = String::new();
                block(item, depth + 1, &mut inner);
                text.push_str(inner.trim_start());
            }
        }
        other => {
            text.push_str(&blanks);
            line(other, depth, text);
        }
    }
}

fn line(value: &Value, depth: usize, text: &mut String) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Array(_) => text.push_str("[]"),
        Value::Object(_) => text.push_str("{}"),
        Value::String(words) if words.contains('\n') => {
            let ending = if words.ends_with('\n') { "|" } else { "|-" };
            text.push_str(ending);
            for part in words.trim_end_matches('\n').lines() {
                text.push('\n');
                text.push_str(&"  ".repeat(depth));
                text.push_str(part);
            }
        }
        Value::String(words) => text.push_str(&scalar(words)),
        other => text.push_str(&other.to_string()),
    }
    text.push('\n');
}

// A plain scalar where nothing in it means something else, else single quotes.
fn scalar(words: &str) -> String {
    let means_else = words.is_empty()
        || words.trim() != words
        || words.parse::<f64>().is_ok()
        || matches!(
            words.to_ascii_lowercase().as_str(),
            "null" | "~" | "true" | "false" | "yes" | "no" | "on" | "off"
        )
        || words.starts_with(|first: char| "-?:,[]{}#&*!|>'\"%@`".contains(first))
        || words.contains(": ")
        || words.contains(" #")
        || words.ends_with(':');
    match means_else {
        true if words.is_empty() => "\"\"".to_owned(),
        true => format!("'{}'", words.replace('\'', "''")),
        false => words.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::render;
    use serde_json::json;

    #[test]
    fn like_podmans_info() {
        let value = json!({
            "host": {"version": "conmon version 2, commit: unknown", "cpus": 2, "none": null, "empty": ""},
            "list": ["a", {"k": 1, "l": [true]}],
            "nothing": {},
            "text": "one\ntwo",
        });
        assert_eq!(
            render(&value),
            "host:\n  cpus: 2\n  empty: \"\"\n  none: null\n  version: 'conmon version 2, commit: unknown'\n\
             list:\n- a\n- k: 1\n  l:\n  - true\nnothing: {}\ntext: |-\n  one\n  two\n"
        );
    }
}
