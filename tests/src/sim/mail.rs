use async_trait::async_trait;
use reverie_store::{
    mailer::{Mailer, Outgoing},
    tables::StoreError,
};

/// Nobody in a simulation has an address.
pub(super) struct NoMail;

#[async_trait]
impl Mailer for NoMail {
    async fn send(&self, _: &Outgoing) -> Result<(), StoreError> {
        Err(StoreError::Unavailable { service: "SES", reason: "there is none".to_owned() })
    }
}
