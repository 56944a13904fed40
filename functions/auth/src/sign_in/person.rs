use serde::{Deserialize, Serialize};

/// The longest name that is kept, in characters.
pub(crate) const NAME: usize = 100;
/// The longest address that there can be (RFC 5321, with its correction).
const EMAIL: usize = 254;

/// What a provider says of somebody: no more than is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Person {
    /// The provider's id in our settings.
    pub(super) provider: String,
    /// The provider's id of the person.
    pub(super) subject: String,
    /// An address that the provider has confirmed.
    pub(super) email: Option<String>,
    pub(super) name: Option<String>,
}

impl Person {
    /// What is too long or empty is not kept.
    pub(super) fn new(
        provider: &str,
        subject: String,
        email: Option<String>,
        name: Option<String>,
    ) -> Self {
        let name = name.map(|name| name.trim().chars().take(NAME).collect::<String>());
        Self {
            provider: provider.to_owned(),
            subject,
            email: email.filter(|email| email.len() <= EMAIL && email.contains('@')),
            name: name.filter(|name| !name.is_empty()),
        }
    }
}
