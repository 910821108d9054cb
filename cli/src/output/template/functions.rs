//! What a template can call: Go's own functions, and those that Podman adds. Arguments come as
//! values; what is wrong is said in Go's words, without the place.

use super::Schema;
use super::value::{Located, is_true, json_face, kind_name, show};
use serde_json::Value;
use std::cmp::Ordering;
use std::fmt::Write as _;

const NAMES: [&str; 26] = [
    "and", "eq", "ge", "gt", "index", "join", "json", "le", "len", "lower", "lt", "ne", "not",
    "or", "pad", "print", "printf", "println", "slice", "split", "title", "trim", "truncate",
    "upper", "html", "urlquery",
];

/// Whether there is a function of this name.
pub fn exists(name: &str) -> bool {
    NAMES.contains(&name)
}

/// Calls `name`.
pub fn call(name: &str, arguments: &[Located], schema: Schema) -> Result<Located, String> {
    let text = |value: String| Ok(Located::made(Value::String(value)));
    let truth = |value: bool| Ok(Located::made(Value::Bool(value)));
    match (name, arguments) {
        ("print", all) => text(print(all, schema)),
        ("println", all) => {
            let parts: Vec<String> = all.iter().map(|value| show(value, schema)).collect();
            text(format!("{}\n", parts.join(" ")))
        }
        ("printf", [format, rest @ ..]) => text(printf(string(format)?, rest, schema)),
        ("json", [value]) => text(json_face(&value.value).to_string()),
        ("len", [value]) => length(value, schema),
        ("index", [start, keys @ ..]) => keys
            .iter()
            .try_fold(start.clone(), |at, key| index(&at, key)),
        ("slice", [value, bounds @ ..]) => slice(value, bounds),
        ("not", [value]) => truth(!is_true(&value.value)),
        ("eq", [left, rest @ ..]) if !rest.is_empty() => {
            truth(rest.iter().any(|right| equal(&left.value, &right.value)))
        }
        ("ne", [left, right]) => truth(!equal(&left.value, &right.value)),
        ("lt", [left, right]) => truth(order(left, right)?.is_lt()),
        ("le", [left, right]) => truth(order(left, right)?.is_le()),
        ("gt", [left, right]) => truth(order(left, right)?.is_gt()),
        ("ge", [left, right]) => truth(order(left, right)?.is_ge()),
        ("lower", [value]) => text(string(value)?.to_lowercase()),
        ("upper", [value]) => text(string(value)?.to_uppercase()),
        ("title", [value]) => text(title(string(value)?)),
        ("trim", [value]) => text(string(value)?.trim().to_owned()),
        ("html" | "urlquery", [value]) => text(escape(name, &show(value, schema))),
        ("join", [list, separator]) => join(list, string(separator)?, schema),
        ("split", [value, separator]) => {
            let parts = string(value)?.split(string(separator)?);
            Ok(Located::made(Value::Array(
                parts.map(Value::from).collect(),
            )))
        }
        ("truncate", [value, width]) => text(string(value)?.chars().take(number(width)?).collect()),
        ("pad", [value, before, after]) => {
            let blanks = |width: &Located| number(width).map(|width| " ".repeat(width));
            text(format!(
                "{}{}{}",
                blanks(before)?,
                string(value)?,
                blanks(after)?
            ))
        }
        (_, all) => Err(format!(
            "wrong number of args for {name}: got {}",
            all.len()
        )),
    }
}

fn string(value: &Located) -> Result<&str, String> {
    value.value.as_str().ok_or_else(|| {
        format!(
            "wrong type for value; expected string; got {}",
            kind_name(&value.value)
        )
    })
}

fn number(value: &Located) -> Result<usize, String> {
    let number = value
        .value
        .as_u64()
        .and_then(|number| usize::try_from(number).ok());
    // No table is wider; a template must not be able to ask for all memory.
    number.filter(|number| *number <= 65_536).ok_or_else(|| {
        format!(
            "wrong type for value; expected int; got {}",
            kind_name(&value.value)
        )
    })
}

// Go puts a blank between two values that are both no strings.
fn print(values: &[Located], schema: Schema) -> String {
    let mut text = String::new();
    for (at, value) in values.iter().enumerate() {
        if at > 0 && !value.value.is_string() && !values[at - 1].value.is_string() {
            text.push(' ');
        }
        text.push_str(&show(value, schema));
    }
    text
}

fn length(value: &Located, schema: Schema) -> Result<Located, String> {
    if let Some(name) = value.struct_name(schema) {
        return Err(format!("len of type {}", name.trim_start_matches('*')));
    }
    let length = match &value.value {
        Value::String(text) => text.len(),
        Value::Array(list) => list.len(),
        Value::Object(object) => object.len(),
        other => return Err(format!("len of type {}", kind_name(other))),
    };
    Ok(Located::made(Value::from(length)))
}

fn index(at: &Located, key: &Located) -> Result<Located, String> {
    let below = at.below("*");
    match (&at.value, &key.value) {
        (Value::Array(list), Value::Number(position)) => {
            let found = position
                .as_u64()
                .and_then(|place| list.get(usize::try_from(place).ok()?));
            found
                .map(|value| Located {
                    value: value.clone(),
                    path: below,
                    missing: false,
                })
                .ok_or_else(|| format!("index out of range: {position}"))
        }
        (Value::Object(object), Value::String(name)) => Ok(object.get(name).map_or_else(
            // The zero value of what maps of ours hold.
            || Located::made(Value::String(String::new())),
            |value| Located {
                value: value.clone(),
                path: below,
                missing: false,
            },
        )),
        (Value::Null, _) => Err("index of untyped nil".to_owned()),
        (Value::Array(_), other) => Err(format!(
            "cannot index slice/array with type {}",
            kind_name(other)
        )),
        (other, _) => Err(format!("can't index item of type {}", kind_name(other))),
    }
}

fn slice(value: &Located, bounds: &[Located]) -> Result<Located, String> {
    let mut ends = [None, None];
    if bounds.len() > 2 {
        return Err(format!("too many slice indexes: {}", bounds.len()));
    }
    for (end, bound) in ends.iter_mut().zip(bounds) {
        *end = Some(number(bound)?);
    }
    let cut = |length: usize| {
        let (start, end) = (ends[0].unwrap_or(0), ends[1].unwrap_or(length));
        if start <= end && end <= length {
            Ok(start..end)
        } else {
            Err(format!("index out of range: {}", start.max(end)))
        }
    };
    match &value.value {
        Value::String(text) => {
            let part = text
                .get(cut(text.len())?)
                .ok_or("slice inside a character")?;
            Ok(Located::made(Value::from(part)))
        }
        Value::Array(list) => Ok(Located::made(Value::from(list[cut(list.len())?].to_vec()))),
        other => Err(format!("can't slice item of type {}", kind_name(other))),
    }
}

fn equal(left: &Value, right: &Value) -> bool {
    match (left.as_f64(), right.as_f64()) {
        (Some(left), Some(right)) => left.total_cmp(&right).is_eq(),
        _ => left == right,
    }
}

fn order(left: &Located, right: &Located) -> Result<Ordering, String> {
    match (&left.value, &right.value) {
        (Value::String(left), Value::String(right)) => Ok(left.cmp(right)),
        (Value::Number(left), Value::Number(right)) => match (left.as_i64(), right.as_i64()) {
            (Some(left), Some(right)) => Ok(left.cmp(&right)),
            _ => left
                .as_f64()
                .partial_cmp(&right.as_f64())
                .ok_or("invalid type for comparison".to_owned()),
        },
        (left, right) if kind_name(left) == kind_name(right) => {
            Err("invalid type for comparison".to_owned())
        }
        _ => Err("incompatible types for comparison".to_owned()),
    }
}

fn title(text: &str) -> String {
    let mut start = true;
    text.chars()
        .map(|letter| {
            let shown = if start {
                letter.to_uppercase().next().unwrap_or(letter)
            } else {
                letter
            };
            start = !letter.is_alphanumeric() && letter != '_' && letter != '\'';
            shown
        })
        .collect()
}

fn join(list: &Located, separator: &str, schema: Schema) -> Result<Located, String> {
    let Value::Array(values) = &list.value else {
        return Err(format!(
            "wrong type for value; expected []string; got {}",
            kind_name(&list.value)
        ));
    };
    let parts: Vec<String> = values
        .iter()
        .map(|value| show(&Located::made(value.clone()), schema))
        .collect();
    Ok(Located::made(Value::String(parts.join(separator))))
}

fn escape(name: &str, text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match (name, letter) {
            ("html", '&') => escaped.push_str("&amp;"),
            ("html", '<') => escaped.push_str("&lt;"),
            ("html", '>') => escaped.push_str("&gt;"),
            ("html", '"') => escaped.push_str("&#34;"),
            ("html", '\'') => escaped.push_str("&#39;"),
            ("urlquery", ' ') => escaped.push('+'),
            ("urlquery", other) if !other.is_ascii_alphanumeric() && !"-_.~".contains(other) => {
                for byte in other.to_string().bytes() {
                    let _ = write!(escaped, "%{byte:02X}");
                }
            }
            (_, other) => escaped.push(other),
        }
    }
    escaped
}

// %s %v %d %q %t %x %f and %%, with `-`, `0`, width and precision.
fn printf(format: &str, arguments: &[Located], schema: Schema) -> String {
    let mut text = String::new();
    let mut letters = format.chars().peekable();
    let mut next = arguments.iter();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            text.push(letter);
            continue;
        }
        let mut spec = String::new();
        while let Some(more) = letters.next_if(|next| "-+ 0123456789.#".contains(*next)) {
            spec.push(more);
        }
        let Some(verb) = letters.next() else {
            text.push_str("%!(NOVERB)");
            break;
        };
        if verb == '%' {
            text.push('%');
            continue;
        }
        let Some(value) = next.next() else {
            let _ = write!(text, "%!{verb}(MISSING)");
            continue;
        };
        let (width, precision) = spec
            .split_once('.')
            .map_or((spec.as_str(), None), |(width, precision)| {
                (width, Some(precision.parse::<usize>().unwrap_or(0).min(64)))
            });
        let shown = formatted(verb, value, precision, schema);
        let left = width.contains('-');
        let zero = width.starts_with('0') && !left;
        let width: usize = width
            .trim_matches(['-', '+', ' ', '#'])
            .parse()
            .unwrap_or(0)
            .min(65_536);
        let fill = width.saturating_sub(shown.chars().count());
        match (left, zero) {
            (true, _) => text.push_str(&(shown + &" ".repeat(fill))),
            (_, true) => text.push_str(&("0".repeat(fill) + &shown)),
            _ => text.push_str(&(" ".repeat(fill) + &shown)),
        }
    }
    text
}

fn formatted(verb: char, value: &Located, precision: Option<usize>, schema: Schema) -> String {
    let plain = show(value, schema);
    match (verb, &value.value) {
        ('s', Value::String(_)) => plain
            .chars()
            .take(precision.unwrap_or(usize::MAX))
            .collect(),
        ('v', _) | ('s', Value::Array(_) | Value::Object(_)) | ('t', Value::Bool(_)) => plain,
        ('d', Value::Number(number)) if !number.is_f64() => plain,
        ('f', Value::Number(number)) => {
            format!(
                "{:.*}",
                precision.unwrap_or(6),
                number.as_f64().unwrap_or(0.0)
            )
        }
        ('q', Value::String(text)) => format!("{text:?}"),
        ('x', Value::Number(number)) => number
            .as_i64()
            .map_or(plain, |number| format!("{number:x}")),
        ('x', Value::String(text)) => text.bytes().fold(String::new(), |mut digits, byte| {
            let _ = write!(digits, "{byte:02x}");
            digits
        }),
        (verb, other) => format!("%!{verb}({}={plain})", kind_name(other)),
    }
}
