use utoipa::openapi::{
    Components, Info, OpenApi, Server,
    security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

/// The document that the functions' own parts are merged into.
#[must_use]
pub fn document(parts: impl IntoIterator<Item = OpenApi>) -> OpenApi {
    let mut info = Info::new("Reverie", "1");
    info.description = Some(
        "Music and short video from prompts. Unknown fields and statuses may appear; an unknown \
         status is not final. Every error is a problem document (RFC 9457)."
            .to_owned(),
    );
    let mut document = OpenApi::new(info, utoipa::openapi::Paths::new());
    document.servers = Some(vec![Server::new("/")]);
    for part in parts {
        document.merge(part);
    }
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("A token of `POST /v1/guests`."))
        .build();
    document
        .components
        .get_or_insert_with(Components::new)
        .add_security_scheme("bearer", SecurityScheme::Http(bearer));
    document
}
