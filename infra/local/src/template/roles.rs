//! The rights that a template gives, for whoever compares them with what is used.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    TemplateError,
    document::{self, Node},
    resolve::Resolver,
};

/// What one part of the deployment may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The function's or the role's name in the template.
    pub logical_id: String,
    /// Its rights.
    pub statements: Vec<Statement>,
}

/// Actions on resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its name.
    pub sid: String,
    /// The actions, such as `dynamodb:PutItem`.
    pub actions: Vec<String>,
    /// The ARNs, in which `*` stands for anything.
    pub resources: Vec<String>,
    /// The prefixes to which a listing is limited; none if it is not.
    pub prefixes: Vec<String>,
}

impl Role {
    /// Reads the policies of a template's functions and roles; the arguments are those of
    /// [`Function::all`](super::Function::all).
    ///
    /// # Errors
    /// [`TemplateError`] names the place that is not understood: another effect, another condition.
    pub fn all(
        template: &str,
        parameters: &BTreeMap<String, String>,
        references: &BTreeMap<String, String>,
    ) -> Result<Vec<Self>, TemplateError> {
        let document = document::parse(template)?;
        let none = BTreeMap::new();
        let section = |name: &str| document.get(name).and_then(Node::map).unwrap_or(&none);
        let resources = section("Resources");
        let resolver =
            Resolver::new(section("Parameters"), section("Conditions"), resources, parameters)?
                .with_references(references);
        let mut roles = Vec::new();
        for (logical_id, resource) in resources {
            let field = |name: &str| resource.map().and_then(|map| map.get(name));
            let is_role = match field("Type").and_then(Node::text) {
                Some("AWS::Serverless::Function") => false,
                Some("AWS::IAM::Role") => true,
                _ => continue,
            };
            let path = format!("Resources.{logical_id}.Properties.Policies");
            let policies = field("Properties").and_then(Node::map).and_then(|p| p.get("Policies"));
            let policies = match policies {
                Some(node) => resolver.resolve(node, &path)?.unwrap_or_default(),
                None => Value::Null,
            };
            let mut statements = Vec::new();
            for policy in policies.as_array().into_iter().flatten() {
                let document = if is_role { &policy["PolicyDocument"] } else { policy };
                for given in document["Statement"].as_array().into_iter().flatten() {
                    statements.push(statement(given, &path)?);
                }
            }
            roles.push(Self { logical_id: logical_id.clone(), statements });
        }
        Ok(roles)
    }
}

fn statement(given: &Value, path: &str) -> Result<Statement, TemplateError> {
    if given["Effect"] != "Allow" {
        return Err(TemplateError::at(path, "only what is allowed is understood here"));
    }
    let mut prefixes = Vec::new();
    if let Some(condition) = given.get("Condition") {
        prefixes = texts(&condition["StringLike"]["s3:prefix"]);
        if prefixes.is_empty() || condition.as_object().is_some_and(|all| all.len() > 1) {
            return Err(TemplateError::at(path, format!("a condition {condition}")));
        }
    }
    Ok(Statement {
        sid: given["Sid"].as_str().unwrap_or_default().to_owned(),
        actions: texts(&given["Action"]),
        resources: texts(&given["Resource"]),
        prefixes,
    })
}

/// One text or several.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}
