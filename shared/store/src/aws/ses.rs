use async_trait::async_trait;
use aws_sdk_sesv2::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    primitives::Blob,
    types::{Destination, EmailContent, MessageTag, RawMessage},
};

use super::unavailable;
use crate::{
    mailer::{Mailer, Outgoing},
    tables::StoreError,
};

/// The tag that says whose address a mail went to.
const ACCOUNT_TAG: &str = "account";

/// [`Mailer`] on SES.
#[derive(Debug, Clone)]
pub struct SesMailer {
    client: Client,
    configuration_set: String,
}

impl SesMailer {
    /// A mailer whose bounces and complaints go where this configuration set says.
    #[must_use]
    pub const fn new(client: Client, configuration_set: String) -> Self {
        Self { client, configuration_set }
    }
}

#[async_trait]
impl Mailer for SesMailer {
    async fn send(&self, mail: &Outgoing) -> Result<(), StoreError> {
        let raw = RawMessage::builder().data(Blob::new(mail.message.clone())).build();
        let tag = MessageTag::builder().name(ACCOUNT_TAG).value(mail.account.to_string()).build();
        self.client
            .send_email()
            .from_email_address(&mail.from)
            .destination(Destination::builder().to_addresses(&mail.to).build())
            .content(EmailContent::builder().raw(raw.map_err(internal)?).build())
            .email_tags(tag.map_err(internal)?)
            .configuration_set_name(&self.configuration_set)
            .send()
            .await
            .map(drop)
            .map_err(|error| match &error {
                // What SES says may repeat the address.
                SdkError::ServiceError(refused) => {
                    let code = refused.err().code().unwrap_or("an unknown error");
                    StoreError::Unavailable { service: "SES", reason: code.to_owned() }
                }
                _ => unavailable("SES", error),
            })
    }
}

fn internal(error: impl std::error::Error) -> StoreError {
    unavailable("SES", error)
}
