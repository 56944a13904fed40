use utoipa::openapi::{
    Components, Content, ContentBuilder, HttpMethod, Info, OpenApi, Ref, RefOr, Response,
    ResponseBuilder, Server,
    path::Operation,
    security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

/// The document that the functions' own parts are merged into.
#[must_use]
pub fn document(parts: impl IntoIterator<Item = OpenApi>) -> OpenApi {
    let mut info = Info::new("Reverie", "1");
    info.description = Some(
        "Music and short video from prompts. Unknown fields and statuses may appear; an unknown \
         status is not final. Every error is a problem document (RFC 9457). Answers say in \
         `RateLimit-Policy` and `RateLimit` how often one may ask."
            .to_owned(),
    );
    let mut document = OpenApi::new(info, utoipa::openapi::Paths::new());
    document.servers = Some(vec![Server::new("/")]);
    for part in parts {
        // Merged, one of them would silently describe both.
        debug_assert_eq!(clash(&document, &part), None, "two functions have a schema of this name");
        document.merge(part);
    }
    complete(&mut document);
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(
            "A session's token (`rvs_…`, of `POST /v1/guests`), which may do everything, or an API \
             key (`rvk_…`, of `POST /v1/api-keys`), which may do what lists a scope that it has.",
        ))
        .build();
    let receipt = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(
            "A receipt's token (`rvr_…`, of `DELETE /v1/me`). It opens that receipt.",
        ))
        .build();
    let components = document.components.get_or_insert_with(Components::new);
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    components.add_security_scheme("receipt", SecurityScheme::Http(receipt));
    document
}

/// The name of a schema that a part describes otherwise than the document does.
fn clash<'p>(document: &OpenApi, part: &'p OpenApi) -> Option<&'p str> {
    let known = &document.components.as_ref()?.schemas;
    let mut schemas = part.components.as_ref()?.schemas.iter();
    let clash = schemas.find(|(name, schema)| known.get(*name).is_some_and(|one| one != *schema));
    clash.map(|(name, _)| name.as_str())
}

/// What holds for every operation of a kind, and is therefore not written at each.
fn complete(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        let operations = [
            (HttpMethod::Get, &mut item.get),
            (HttpMethod::Put, &mut item.put),
            (HttpMethod::Post, &mut item.post),
            (HttpMethod::Delete, &mut item.delete),
            (HttpMethod::Patch, &mut item.patch),
        ];
        for (method, operation) in operations {
            let Some(operation) = operation else { continue };
            operation.operation_id = Some(operation_id(&method, path));
            for (status, description) in usual(operation) {
                add(operation, status, description);
            }
        }
    }
}

/// The problems that an operation may answer with because of what it takes.
fn usual(operation: &Operation) -> Vec<(&'static str, &'static str)> {
    let mut usual = vec![("429", "Too much at once. `Retry-After` says when to go on.")];
    if operation.security.is_some() {
        usual.extend([
            ("401", "Without a token or cookie that is good."),
            (
                "403",
                "An API key without the scope; or, with a cookie, a request that changes something \
                 and does not come from our own pages.",
            ),
            ("503", "A store that does not answer. The same request may be sent again."),
        ]);
    }
    let Some(body) = &operation.request_body else { return usual };
    usual.push(("408", "The body did not arrive in time."));
    if matches!(body, RefOr::T(body) if body.content.contains_key("application/json")) {
        usual.extend([
            ("400", "A body or header that is malformed."),
            ("413", "A body that is too large."),
            ("415", "A body that is not JSON, or encoded."),
            ("422", "A field that is wrong: `errors` names each."),
        ]);
    }
    usual
}

/// `GET /v1/generations/{id}/files/{name}` is `get_generations_by_id_files_by_name`: OpenAPI wants
/// every operation to have a name of its own.
fn operation_id(method: &HttpMethod, path: &str) -> String {
    let segments = path.split(['/', '.']).filter(|part| !part.is_empty() && *part != "v1");
    let words = segments.map(|segment| match segment.strip_prefix('{') {
        Some(parameter) => format!("by_{}", parameter.trim_end_matches('}')),
        None => segment.replace('-', "_"),
    });
    let method = match method {
        HttpMethod::Get => "get",
        HttpMethod::Put => "put",
        HttpMethod::Post => "post",
        HttpMethod::Delete => "delete",
        _ => "patch",
    };
    let name: Vec<_> = std::iter::once(method.to_owned()).chain(words).collect();
    if name.len() == 1 { format!("{method}_root") } else { name.join("_") }
}

/// A problem that the operation may answer with, unless it says so itself.
fn add(operation: &mut Operation, status: &str, description: &str) {
    let responses = &mut operation.responses.responses;
    responses.entry(status.to_owned()).or_insert_with(|| problem(description));
}

fn problem(description: &str) -> RefOr<Response> {
    let schema = RefOr::Ref(Ref::from_schema_name("Problem"));
    let content: Content = ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new()
        .description(description)
        .content("application/problem+json", content)
        .build()
        .into()
}
