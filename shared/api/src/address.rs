use std::{
    convert::Infallible,
    net::{IpAddr, Ipv6Addr, SocketAddr},
};

use axum::extract::{ConnectInfo, FromRequestParts};
use http::request::Parts;
use lambda_http::request::RequestContext;

use crate::edge::Viewer;

/// Where a request comes from, as the edge, API Gateway or the socket says. It is stored and logged only as
/// a keyed hash. An IPv6 address counts as its /64, which is what one household has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientAddress(pub String);

impl<S: Send + Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let from_edge = parts.extensions.get::<Viewer>().map(|viewer| viewer.0.clone());
        let from_gateway = match parts.extensions.get::<RequestContext>() {
            Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.clone(),
            _ => None,
        };
        let socket = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let text =
            from_edge.or(from_gateway).or_else(|| socket.map(|info| info.0.ip().to_string()));
        let text = text.unwrap_or_else(|| "unknown".to_owned());
        Ok(Self(text.parse().map_or(text, network)))
    }
}

fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}
