use std::sync::Arc;

use axum::Router;
use reverie_account::AccountState;
use reverie_api::{App, Catalogue, document};
use reverie_auth::{Auth, Providers};
use reverie_events::{Carrier, Events};
use reverie_generations::Generations;
use reverie_inference::Package;
use reverie_media::Media;
use reverie_operator::OperatorState;
use reverie_sketches::{Planners, Sketches};
use reverie_studio::Studio;
use utoipa::openapi::OpenApi;

use super::Ports;

/// The routes of all functions, as API Gateway would put them together, and their description.
pub(super) fn all(
    app: &App,
    ports: &Ports,
    packages: Vec<Package>,
    providers: Providers,
) -> (Router, OpenApi) {
    let models = packages.iter().map(|package| package.manifest().clone()).collect();
    let catalogue = Arc::new(Catalogue::fixed(models));
    let sketches = Sketches {
        app: app.clone(),
        objects: ports.objects.clone(),
        catalogue: catalogue.clone(),
        planners: Arc::new(Planners::new(packages, None)),
    };
    let generations = Generations {
        app: app.clone(),
        objects: ports.objects.clone(),
        queue: ports.queue.clone(),
        catalogue,
    };
    let account = AccountState { app: app.clone(), objects: ports.objects.clone() };
    let media = Media { app: app.clone(), objects: ports.objects.clone() };
    let (objects, carrier) = (ports.objects.clone(), Carrier::Streams);
    let events = Events { app: app.clone(), objects, carrier };
    let studio = Studio { policies: app.settings.policies, clock: app.clock.clone() };
    let functions = [
        reverie_auth::router(Auth { app: app.clone(), providers }),
        reverie_account::router(account),
        reverie_credits::router(app.clone()),
        reverie_generations::router(generations),
        reverie_sketches::router(sketches),
        reverie_media::router(media),
        reverie_operator::router(OperatorState {
            app: app.clone(),
            objects: ports.objects.clone(),
        }),
        reverie_events::router(events),
        reverie_studio::router(studio),
    ];
    let mut router = Router::new();
    let mut parts = Vec::new();
    for function in functions {
        let (routes, part) = function.split_for_parts();
        router = router.merge(routes);
        parts.push(part);
    }
    (router, document(parts))
}
