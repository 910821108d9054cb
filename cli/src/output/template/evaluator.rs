//! Runs a tree over a value. Keeps the variables, moves dot, finds fields, and says where something
//! does not fit, as Go says it.

use super::parser::{Command, Node, Operand, Pipeline, Place, Start};
use super::value::{Located, is_true, show};
use super::{Schema, TemplateError, functions};
use serde_json::Value;

/// Writes what `nodes` make of `root` to `out`.
pub fn run(
    name: &str,
    nodes: &[Node],
    root: &Value,
    schema: Schema,
    out: &mut String,
) -> Result<(), TemplateError> {
    let root = Located {
        value: root.clone(),
        path: Some(String::new()),
        missing: false,
    };
    let mut evaluator = Evaluator {
        name,
        schema,
        variables: vec![(String::new(), root.clone())],
        out,
    };
    evaluator.nodes(nodes, &root)
}

struct Evaluator<'a> {
    name: &'a str,
    schema: Schema,
    variables: Vec<(String, Located)>,
    out: &'a mut String,
}

type Outcome<T> = Result<T, TemplateError>;

impl Evaluator<'_> {
    fn wrong<T>(&self, place: &Place, what: &str) -> Outcome<T> {
        // Go cuts long texts so.
        let shown: String = place.text.chars().take(20).collect();
        let shown = if place.text.chars().count() > 20 {
            shown + "..."
        } else {
            shown
        };
        Err(TemplateError(format!(
            "template: {0}:{1}:{2}: executing \"{0}\" at <{shown}>: {what}",
            self.name, place.line, place.column
        )))
    }

    fn nodes(&mut self, nodes: &[Node], dot: &Located) -> Outcome<()> {
        let outer = self.variables.len();
        for node in nodes {
            match node {
                Node::Text(text) => self.out.push_str(text),
                Node::Print(pipeline) => {
                    let value = self.pipeline(pipeline, dot)?;
                    if pipeline.variables.is_empty() {
                        let text = show(&value, self.schema);
                        self.out.push_str(&text);
                    }
                }
                Node::If {
                    pipeline,
                    then,
                    otherwise,
                    moves_dot,
                } => {
                    let inner = self.variables.len();
                    let value = self.pipeline(pipeline, dot)?;
                    match (is_true(&value.value), moves_dot) {
                        (true, true) => self.nodes(then, &value)?,
                        (true, false) => self.nodes(then, dot)?,
                        (false, _) => self.nodes(otherwise, dot)?,
                    }
                    self.variables.truncate(inner);
                }
                Node::Range {
                    pipeline,
                    body,
                    otherwise,
                } => {
                    self.range(pipeline, body, otherwise, dot)?;
                }
            }
        }
        self.variables.truncate(outer);
        Ok(())
    }

    fn range(
        &mut self,
        pipeline: &Pipeline,
        body: &[Node],
        otherwise: &[Node],
        dot: &Located,
    ) -> Outcome<()> {
        let inner = self.variables.len();
        let silent = Pipeline {
            variables: Vec::new(),
            ..pipeline.clone()
        };
        let over = self.pipeline(&silent, dot)?;
        let path = over.below("*");
        let element = |value: Value| Located {
            value,
            path: path.clone(),
            missing: false,
        };
        let items: Vec<(Value, Located)> = match over.value {
            Value::Array(list) => list
                .into_iter()
                .enumerate()
                .map(|(at, value)| (Value::from(at), element(value)))
                .collect(),
            Value::Object(object) => {
                let mut items: Vec<(String, Value)> = object.into_iter().collect();
                items.sort_by(|left, right| left.0.cmp(&right.0));
                items
                    .into_iter()
                    .map(|(key, value)| (Value::from(key), element(value)))
                    .collect()
            }
            Value::Null => Vec::new(),
            other => {
                let place = &pipeline.commands[0].place;
                let shown = show(&Located::made(other), self.schema);
                return self.wrong(place, &format!("range can't iterate over {shown}"));
            }
        };
        if items.is_empty() {
            self.nodes(otherwise, dot)?;
        }
        for (key, value) in items {
            match pipeline.variables.as_slice() {
                [] => {}
                [one] => self.variables.push((one.clone(), value.clone())),
                [first, second, ..] => {
                    self.variables.push((first.clone(), Located::made(key)));
                    self.variables.push((second.clone(), value.clone()));
                }
            }
            self.nodes(body, &value)?;
            self.variables.truncate(inner);
        }
        Ok(())
    }

    fn pipeline(&mut self, pipeline: &Pipeline, dot: &Located) -> Outcome<Located> {
        let mut value: Option<Located> = None;
        for command in &pipeline.commands {
            value = Some(self.command(command, dot, value)?);
        }
        let value = value.unwrap_or_else(|| Located::made(Value::Null));
        if let [name, ..] = pipeline.variables.as_slice() {
            let known = self
                .variables
                .iter_mut()
                .rev()
                .find(|(known, _)| known == name);
            match known {
                Some(variable) if pipeline.assigns => variable.1 = value.clone(),
                _ => self.variables.push((name.clone(), value.clone())),
            }
        }
        Ok(value)
    }

    // The value of the command before becomes the last argument.
    fn command(
        &mut self,
        command: &Command,
        dot: &Located,
        before: Option<Located>,
    ) -> Outcome<Located> {
        let (first, rest) = (&command.operands[0], &command.operands[1..]);
        let mut arguments = Vec::new();
        match first {
            Operand::Function(name) if name == "and" || name == "or" => {
                self.and_or(command, name == "and", dot, before)
            }
            Operand::Function(name) => {
                for operand in rest {
                    arguments.push(self.operand(operand, dot)?);
                }
                arguments.extend(before);
                functions::call(name, &arguments, self.schema).or_else(|what| {
                    self.wrong(&command.place, &format!("error calling {name}: {what}"))
                })
            }
            // `.Label "x"`: Podman's one method, on whatever has labels.
            Operand::Path {
                start,
                fields,
                place,
            } if fields.last().is_some_and(|name| name == "Label") && !rest.is_empty() => {
                let mut fields = fields.clone();
                fields.pop();
                fields.push("Labels".to_owned());
                let labels = self.path(start, &fields, place, dot)?;
                let key = self.operand(&rest[0], dot)?;
                functions::call("index", &[labels, key], self.schema)
                    .or_else(|what| self.wrong(&command.place, &what))
            }
            other if rest.is_empty() && before.is_none() => self.operand(other, dot),
            other => {
                let text = match other {
                    Operand::Path { place, .. } => place.text.clone(),
                    _ => command.place.text.clone(),
                };
                self.wrong(
                    &command.place,
                    &format!("can't give argument to non-function {text}"),
                )
            }
        }
    }

    fn and_or(
        &mut self,
        command: &Command,
        and: bool,
        dot: &Located,
        before: Option<Located>,
    ) -> Outcome<Located> {
        let mut value = Located::made(Value::Null);
        for operand in &command.operands[1..] {
            value = self.operand(operand, dot)?;
            if is_true(&value.value) != and {
                return Ok(value);
            }
        }
        Ok(before.unwrap_or(value))
    }

    fn operand(&mut self, operand: &Operand, dot: &Located) -> Outcome<Located> {
        match operand {
            Operand::Constant(value) => Ok(Located::made(value.clone())),
            Operand::Function(name) => functions::call(name, &[], self.schema).or_else(|what| {
                let place = Place {
                    text: name.clone(),
                    ..Place::default()
                };
                self.wrong(&place, &what)
            }),
            Operand::Path {
                start,
                fields,
                place,
            } => self.path(start, fields, place, dot),
        }
    }

    fn path(
        &mut self,
        start: &Start,
        fields: &[String],
        place: &Place,
        dot: &Located,
    ) -> Outcome<Located> {
        let mut at = match start {
            Start::Dot => dot.clone(),
            Start::Variable(name) => {
                let found = self.variables.iter().rev().find(|(known, _)| known == name);
                found.map_or_else(|| Located::made(Value::Null), |(_, value)| value.clone())
            }
            Start::Inner(pipeline) => self.pipeline(pipeline, dot)?,
        };
        for field in fields {
            at = self.field(&at, field, place)?;
        }
        Ok(at)
    }

    fn field(&self, at: &Located, field: &str, place: &Place) -> Outcome<Located> {
        if let Some((name, value)) = at.member(field) {
            let named = at.struct_name(self.schema).is_some();
            let path = at.below(if named { name } else { "*" });
            return Ok(Located {
                value: value.clone(),
                path,
                missing: false,
            });
        }
        let kind = match (&at.value, at.struct_name(self.schema)) {
            (Value::Object(_), None) | (Value::Null, _) => {
                return Ok(Located {
                    value: Value::Null,
                    path: None,
                    missing: true,
                });
            }
            (_, Some(name)) => name,
            (other, None) => super::value::kind_name(other),
        };
        self.wrong(
            place,
            &format!("can't evaluate field {field} in type {kind}"),
        )
    }
}
