//! The template's syntax: YAML in which a tag or a one-key mapping calls a function.

use std::collections::BTreeMap;

use saphyr::{LoadableYamlNode, Scalar, Yaml};

use super::TemplateError;

/// A value before its functions are resolved.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Map(BTreeMap<String, Node>),
    /// `!Name argument`, or `{Fn::Name: argument}`.
    Call(String, Box<Node>),
}

/// Reads the one document of a template.
pub(super) fn parse(text: &str) -> Result<BTreeMap<String, Node>, TemplateError> {
    let unreadable = |reason: String| TemplateError::Unreadable(reason);
    let mut documents =
        Yaml::load_from_str(text).map_err(|error| unreadable(error.to_string()))?.into_iter();
    let document = documents.next().ok_or_else(|| unreadable("it is empty".to_owned()))?;
    match node(document, "")? {
        Node::Map(map) => Ok(map),
        other => Err(unreadable(format!("it is {}, not a mapping", other.kind()))),
    }
}

fn node(yaml: Yaml<'_>, path: &str) -> Result<Node, TemplateError> {
    match yaml {
        Yaml::Value(scalar) => Ok(scalar_node(scalar)),
        Yaml::Sequence(items) => items
            .into_iter()
            .enumerate()
            .map(|(index, item)| node(item, &format!("{path}[{index}]")))
            .collect::<Result<_, _>>()
            .map(Node::List),
        Yaml::Mapping(entries) => {
            let mut map = BTreeMap::new();
            for (key, value) in entries {
                let key = match node(key, path)? {
                    Node::Text(key) => key,
                    other => {
                        let reason = format!("a key is {}, not text", other.kind());
                        return Err(TemplateError::at(path, reason));
                    }
                };
                let value = node(value, &join(path, &key))?;
                map.insert(key, value);
            }
            Ok(long_form(map))
        }
        Yaml::Tagged(tag, argument) if tag.handle == "!" => {
            Ok(Node::Call(tag.suffix.clone(), Box::new(node(*argument, path)?)))
        }
        Yaml::Tagged(tag, _) => {
            Err(TemplateError::at(path, format!("tag {}{} is unknown", tag.handle, tag.suffix)))
        }
        Yaml::Representation(..) | Yaml::Alias(_) | Yaml::BadValue => {
            Err(TemplateError::at(path, "this is no plain YAML value"))
        }
    }
}

fn scalar_node(scalar: Scalar<'_>) -> Node {
    match scalar {
        Scalar::Null => Node::Null,
        Scalar::Boolean(value) => Node::Bool(value),
        Scalar::Integer(value) => Node::Integer(value),
        Scalar::FloatingPoint(value) => Node::Float(value.into_inner()),
        Scalar::String(value) => Node::Text(value.into_owned()),
    }
}

/// `{Ref: X}` and `{Fn::X: …}` mean the same as the tags.
fn long_form(mut map: BTreeMap<String, Node>) -> Node {
    let function = match map.keys().next() {
        Some(key) if map.len() == 1 => {
            key.strip_prefix("Fn::").or_else(|| (key == "Ref").then_some("Ref")).map(str::to_owned)
        }
        _ => None,
    };
    match (function, map.pop_first()) {
        (Some(function), Some((_, argument))) => Node::Call(function, Box::new(argument)),
        (_, Some((key, value))) => {
            map.insert(key, value);
            Node::Map(map)
        }
        (_, None) => Node::Map(map),
    }
}

/// `path.key`.
pub(super) fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

impl Node {
    /// What this is, for a message.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "a boolean",
            Self::Integer(_) | Self::Float(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a mapping",
            Self::Call(..) => "a function",
        }
    }

    /// The text, if it is one.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The items, if it is a list.
    pub(super) fn list(&self) -> Option<&[Self]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    /// The entries, if it is a mapping.
    pub(super) const fn map(&self) -> Option<&BTreeMap<String, Self>> {
        match self {
            Self::Map(map) => Some(map),
            _ => None,
        }
    }
}
