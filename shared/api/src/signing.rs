use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use secrecy::ExposeSecret;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{Problem, Settings};

/// Signs what people may want to show to others. The key is derived from the deployment's secret, so
/// there is none to keep, and whoever has the public part can check without asking us.
pub struct Signer(Ed25519KeyPair);

impl Signer {
    /// The deployment's signer.
    ///
    /// # Errors
    /// If the library refuses the key, which it never does.
    pub fn new(settings: &Settings) -> Result<Self, Problem> {
        Self::of(settings.hash_secret.expose_secret().as_bytes(), "receipts, Ed25519, version 1")
    }

    /// The signer of a secret, for one purpose.
    ///
    /// # Errors
    /// If the library refuses the key, which it never does.
    pub fn of(secret: &[u8], purpose: &str) -> Result<Self, Problem> {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).map_err(Problem::internal)?;
        mac.update(purpose.as_bytes());
        let seed = mac.finalize().into_bytes();
        Ed25519KeyPair::from_seed_unchecked(&seed).map(Self).map_err(Problem::internal)
    }

    /// The payload with its signature, as a JSON Web Signature in compact form (RFC 7515, with the
    /// algorithm `Ed25519` of RFC 9864 under its older name, which more software knows).
    ///
    /// # Errors
    /// If the payload is no JSON.
    pub fn sign(&self, payload: &impl Serialize) -> Result<String, Problem> {
        let header = json!({"alg": "EdDSA", "kid": self.key_id()});
        let payload = serde_json::to_vec(payload).map_err(Problem::internal)?;
        let text = format!("{}.{}", encode(header.to_string()), encode(payload));
        let signature = self.0.sign(text.as_bytes());
        Ok(format!("{text}.{}", encode(signature)))
    }

    /// The public key, as a JSON Web Key (RFC 8037).
    #[must_use]
    pub fn public_key(&self) -> Value {
        let mut key = self.thumbprint_members();
        key["kid"] = self.key_id().into();
        key["alg"] = "EdDSA".into();
        key["use"] = "sig".into();
        key
    }

    /// The key's thumbprint (RFC 7638): the required members, in the order of the alphabet.
    fn key_id(&self) -> String {
        encode(Sha256::digest(self.thumbprint_members().to_string()))
    }

    fn thumbprint_members(&self) -> Value {
        json!({"crv": "Ed25519", "kty": "OKP", "x": encode(self.0.public_key())})
    }
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
    use reverie_domain::credits::Credits;
    use secrecy::SecretString;

    use super::*;

    fn signer(secret: &str) -> Signer {
        let settings = Settings {
            public_origin: String::new(),
            hash_secret: SecretString::from(secret),
            guest_credits: Credits::ZERO,
            guests_per_address: 0,
            operators: Vec::new(),
            policies: reverie_domain::policy::Policies::SHIPPED,
        };
        Signer::new(&settings).unwrap()
    }

    #[test]
    fn the_public_key_alone_checks_a_signature() {
        let signer = signer("a secret");
        let jws = signer.sign(&json!({"deleted": 3})).unwrap();
        let (text, signature) = jws.rsplit_once('.').unwrap();
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
        let key = signer.public_key();
        let key = UnparsedPublicKey::new(&ED25519, decode(key["x"].as_str().unwrap()));
        key.verify(text.as_bytes(), &decode(signature)).unwrap();
        assert!(key.verify(b"something else", &decode(signature)).is_err());
        let payload: Value =
            serde_json::from_slice(&decode(text.split('.').nth(1).unwrap())).unwrap();
        assert_eq!(payload, json!({"deleted": 3}));
    }

    #[test]
    fn deployments_have_keys_of_their_own() {
        assert_ne!(signer("one").public_key(), signer("other").public_key());
    }
}
