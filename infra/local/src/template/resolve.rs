//! Resolves the functions of a template to plain JSON.

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value};

use super::{
    ACCOUNT, REGION, STACK_NAME, TemplateError,
    document::{Node, join},
};

/// The template's sections that functions look into.
pub(super) struct Resolver<'a> {
    parameters: BTreeMap<String, Value>,
    conditions: &'a BTreeMap<String, Node>,
    resources: &'a BTreeMap<String, Node>,
}

impl<'a> Resolver<'a> {
    /// Takes each parameter's value from `given`, or else its default.
    pub(super) fn new(
        declared: &BTreeMap<String, Node>,
        conditions: &'a BTreeMap<String, Node>,
        resources: &'a BTreeMap<String, Node>,
        given: &BTreeMap<String, String>,
    ) -> Result<Self, TemplateError> {
        if let Some(unknown) = given.keys().find(|name| !declared.contains_key(*name)) {
            return Err(TemplateError::at("Parameters", format!("there is no {unknown}")));
        }
        let mut parameters = BTreeMap::new();
        for (name, declaration) in declared {
            let given = given.get(name).map(|value| Node::Text(value.clone()));
            let value = given.as_ref().or_else(|| declaration.map()?.get("Default"));
            // One without a value matters only if something refers to it.
            if let Some(value) = value {
                parameters.insert(name.clone(), parameter(name, declaration, value)?);
            }
        }
        Ok(Self { parameters, conditions, resources })
    }

    /// Takes what `Ref` of a resource gives from `references`, where only its deployer knows it.
    pub(super) fn with_references(mut self, references: &BTreeMap<String, String>) -> Self {
        let values = references.iter().map(|(id, value)| (id.clone(), Value::from(value.as_str())));
        self.parameters.extend(values);
        self
    }

    /// The value, or nothing if it is `AWS::NoValue`.
    pub(super) fn resolve(&self, node: &Node, path: &str) -> Result<Option<Value>, TemplateError> {
        let value = match node {
            Node::Null => Value::Null,
            Node::Bool(value) => Value::Bool(*value),
            Node::Integer(value) => Value::from(*value),
            Node::Float(value) => Value::from(*value),
            Node::Text(value) => Value::from(value.as_str()),
            Node::List(items) => {
                let mut list = Vec::with_capacity(items.len());
                for (index, item) in items.iter().enumerate() {
                    list.extend(self.resolve(item, &format!("{path}[{index}]"))?);
                }
                Value::Array(list)
            }
            Node::Map(entries) => {
                let mut map = Map::new();
                for (key, entry) in entries {
                    if let Some(value) = self.resolve(entry, &join(path, key))? {
                        map.insert(key.clone(), value);
                    }
                }
                Value::Object(map)
            }
            Node::Call(function, argument) => return self.call(function, argument, path),
        };
        Ok(Some(value))
    }

    /// Whether the condition of that name holds.
    pub(super) fn condition(&self, name: &str, path: &str) -> Result<bool, TemplateError> {
        let node = self
            .conditions
            .get(name)
            .ok_or_else(|| TemplateError::at(path, format!("there is no condition {name}")))?;
        self.test(node, &join("Conditions", name))
    }

    fn call(
        &self,
        function: &str,
        argument: &Node,
        path: &str,
    ) -> Result<Option<Value>, TemplateError> {
        match function {
            "Ref" => self.reference(text(argument, path)?, path),
            "Sub" => self.substitute(text(argument, path)?, path).map(Some),
            "GetAtt" => self.attribute(argument, path).map(Some),
            "If" => match argument.list() {
                Some([name, yes, no]) => {
                    let holds = self.condition(text(name, path)?, path)?;
                    self.resolve(if holds { yes } else { no }, path)
                }
                _ => Err(TemplateError::at(path, "If takes a condition and two values")),
            },
            _ => Err(unsupported(function, path)),
        }
    }

    fn test(&self, node: &Node, path: &str) -> Result<bool, TemplateError> {
        match node {
            Node::Call(function, argument) => {
                match (function.as_str(), argument.list().unwrap_or_default()) {
                    ("Equals", [left, right]) => {
                        // CloudFormation compares as text.
                        let left = self.resolve(left, path)?.as_ref().map(plain);
                        Ok(left == self.resolve(right, path)?.as_ref().map(plain))
                    }
                    ("Not", [condition]) => Ok(!self.test(condition, path)?),
                    _ => Err(unsupported(function, path)),
                }
            }
            other => Err(TemplateError::at(path, format!("a condition is {}", other.kind()))),
        }
    }

    fn reference(&self, name: &str, path: &str) -> Result<Option<Value>, TemplateError> {
        let value = match name {
            "AWS::NoValue" => return Ok(None),
            "AWS::AccountId" => Value::from(ACCOUNT),
            "AWS::Region" => Value::from(REGION),
            "AWS::Partition" => Value::from("aws"),
            "AWS::StackName" => Value::from(STACK_NAME),
            "AWS::URLSuffix" => Value::from("amazonaws.com"),
            _ => match self.parameters.get(name) {
                Some(value) => value.clone(),
                None => Value::from(self.resource_reference(name, path)?),
            },
        };
        Ok(Some(value))
    }

    fn resource_reference(&self, name: &str, path: &str) -> Result<String, TemplateError> {
        match self.resource_type(name, path)? {
            "AWS::DynamoDB::Table" => Ok(physical_name(name)),
            "AWS::S3::Bucket" => Ok(bucket_name(name)),
            other => Err(TemplateError::at(path, format!("Ref of {name} ({other}) is not known"))),
        }
    }

    fn resource_type(&self, name: &str, path: &str) -> Result<&str, TemplateError> {
        self.resources
            .get(name)
            .and_then(|resource| resource.map()?.get("Type")?.text())
            .ok_or_else(|| TemplateError::at(path, format!("{name} has no value")))
    }

    fn attribute(&self, argument: &Node, path: &str) -> Result<Value, TemplateError> {
        let (name, attribute) = match argument {
            Node::Text(text) => text.split_once('.'),
            Node::List(items) => match items.as_slice() {
                [name, attribute] => name.text().zip(attribute.text()),
                _ => None,
            },
            _ => None,
        }
        .ok_or_else(|| TemplateError::at(path, "GetAtt takes a resource and an attribute"))?;
        self.resource_attribute(name, attribute, path).map(Value::from)
    }

    fn resource_attribute(
        &self,
        name: &str,
        attribute: &str,
        path: &str,
    ) -> Result<String, TemplateError> {
        let physical = physical_name(name);
        match (self.resource_type(name, path)?, attribute) {
            ("AWS::SQS::Queue", "Arn") => Ok(queue_arn(&physical)),
            ("AWS::SQS::Queue", "QueueName") => Ok(physical),
            ("AWS::S3::Bucket", "Arn") => Ok(format!("arn:aws:s3:::{}", bucket_name(name))),
            ("AWS::DynamoDB::Table", "Arn") => {
                Ok(format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{physical}"))
            }
            (kind, _) => {
                let reason = format!("GetAtt {attribute} of {name} ({kind}) is not known");
                Err(TemplateError::at(path, reason))
            }
        }
    }

    /// `${Name}`, `${Resource.Attribute}`; `${!Literal}` stays.
    fn substitute(&self, template: &str, path: &str) -> Result<Value, TemplateError> {
        let mut text = String::with_capacity(template.len());
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after
                .split_once('}')
                .ok_or_else(|| TemplateError::at(path, "Sub: a ${ is not closed"))?;
            text.push_str(before);
            if let Some(literal) = name.strip_prefix('!') {
                text.push_str(&format!("${{{literal}}}"));
            } else if let Some((resource, attribute)) = name.split_once('.') {
                text.push_str(&self.resource_attribute(resource, attribute, path)?);
            } else if let Some(value) = self.reference(name, path)? {
                text.push_str(&plain(&value));
            }
            rest = after;
        }
        text.push_str(rest);
        Ok(Value::from(text))
    }
}

/// The name that a resource has when the template gives it none. Real names end in a random part.
pub(super) fn physical_name(logical: &str) -> String {
    format!("{STACK_NAME}-{logical}")
}

/// The same for a bucket, whose name must be lower case.
pub(super) fn bucket_name(logical: &str) -> String {
    physical_name(logical).to_lowercase()
}

/// The ARN of a queue.
pub(super) fn queue_arn(physical: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{physical}")
}

fn parameter(name: &str, declaration: &Node, value: &Node) -> Result<Value, TemplateError> {
    let path = join("Parameters", name);
    let text = match value {
        Node::Text(text) => text.clone(),
        Node::Integer(number) => number.to_string(),
        Node::Float(number) => number.to_string(),
        other => return Err(TemplateError::at(&path, format!("its value is {}", other.kind()))),
    };
    match declaration.map().and_then(|map| map.get("Type")?.text()) {
        Some("String") => Ok(Value::from(text)),
        Some("Number") => text
            .parse::<Number>()
            .map(Value::Number)
            .map_err(|_| TemplateError::at(&path, format!("{text:?} is not a number"))),
        kind => Err(TemplateError::at(&path, format!("type {kind:?} is not known"))),
    }
}

fn text<'a>(node: &'a Node, path: &str) -> Result<&'a str, TemplateError> {
    node.text().ok_or_else(|| TemplateError::at(path, format!("{} instead of text", node.kind())))
}

pub(super) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn unsupported(function: &str, path: &str) -> TemplateError {
    TemplateError::at(path, format!("the function {function} is not known here"))
}
