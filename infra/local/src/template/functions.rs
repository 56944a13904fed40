//! The functions of a template and what calls them, for whoever runs their binaries.

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;

use super::{
    TemplateError,
    document::{self, Node},
    resolve::{Resolver, plain},
};

/// A function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its name in the template.
    pub logical_id: String,
    /// The binary that is its `bootstrap`.
    pub binary: String,
    /// Its memory in MiB.
    pub memory: u32,
    /// How long one call may take.
    pub timeout: Duration,
    /// Its environment variables.
    pub environment: BTreeMap<String, String>,
    /// The routes of the HTTP API that lead to it.
    pub routes: Vec<Route>,
    /// Whether it has a URL of its own, under which answers are streamed.
    pub streams: bool,
}

/// A route of an HTTP API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// What no other route takes.
    Default,
    /// A method and a path.
    Path {
        /// Such as `GET`; `ANY` stands for all.
        method: String,
        /// Such as `/v1/generations/{id}`.
        path: String,
    },
}

impl Function {
    /// Reads a template's functions. `references` says what `Ref` gives for resources whose names
    /// only their deployer knows, such as the URL of a queue.
    ///
    /// # Errors
    /// [`TemplateError`] names the place that is not understood.
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
        let globals = section("Globals").get("Function");
        let functions = resources.iter().filter(|(_, resource)| {
            field(Some(resource), "Type").and_then(Node::text) == Some("AWS::Serverless::Function")
        });
        functions.map(|(id, resource)| function(id, resource, globals, &resolver)).collect()
    }
}

fn function(
    logical_id: &str,
    resource: &Node,
    globals: Option<&Node>,
    resolver: &Resolver<'_>,
) -> Result<Function, TemplateError> {
    let path = format!("Resources.{logical_id}");
    let missing = |what: &str| TemplateError::at(&path, format!("it has no {what}"));
    let properties = field(Some(resource), "Properties");
    let number = |name: &str| -> Result<u32, TemplateError> {
        let node = field(properties, name).or_else(|| field(globals, name));
        let value = match node {
            Some(node) => resolver.resolve(node, &path)?,
            None => None,
        };
        let number = value.as_ref().and_then(Value::as_u64);
        number.and_then(|number| u32::try_from(number).ok()).ok_or_else(|| missing(name))
    };
    let build = field(field(Some(resource), "Metadata"), "BuildProperties");
    let binary = field(build, "Binary").and_then(Node::text);
    let url = field(properties, "FunctionUrlConfig");
    let mut function = Function {
        logical_id: logical_id.to_owned(),
        binary: binary.ok_or_else(|| missing("Metadata.BuildProperties.Binary"))?.to_owned(),
        memory: number("MemorySize")?,
        timeout: Duration::from_secs(number("Timeout")?.into()),
        environment: BTreeMap::new(),
        routes: Vec::new(),
        streams: field(url, "InvokeMode").and_then(Node::text) == Some("RESPONSE_STREAM"),
    };
    // The function's own variables come after those of all, and win.
    for owner in [globals, properties] {
        let variables = field(field(owner, "Environment"), "Variables");
        for (name, node) in variables.and_then(Node::map).into_iter().flatten() {
            let place = format!("{path}.Properties.Environment.Variables.{name}");
            if let Some(value) = resolver.resolve(node, &place)? {
                function.environment.insert(name.clone(), plain(&value));
            }
        }
    }
    for event in
        field(properties, "Events").and_then(Node::map).into_iter().flat_map(|m| m.values())
    {
        add_event(&mut function, event);
    }
    Ok(function)
}

fn add_event(function: &mut Function, event: &Node) {
    let properties = field(Some(event), "Properties");
    let text = |name: &str| field(properties, name).and_then(Node::text);
    // A schedule: nothing of it matters to the function.
    if field(Some(event), "Type").and_then(Node::text) != Some("HttpApi") {
        return;
    }
    function.routes.push(match text("Path") {
        Some(path) => Route::Path {
            method: text("Method").unwrap_or("ANY").to_uppercase(),
            path: path.to_owned(),
        },
        None => Route::Default,
    });
}

fn field<'a>(node: Option<&'a Node>, name: &str) -> Option<&'a Node> {
    node?.map()?.get(name)
}
