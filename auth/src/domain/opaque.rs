//! Secrets that are looked up rather than read: refresh tokens, devices, mailed links, API keys.
//! Only their SHA-256 is kept; with 256 random bits nothing slower is needed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// What a secret is for: each kind has a prefix, so that none is taken for another and leaked ones can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A session's refresh token.
    Refresh,
    /// A known device.
    Device,
    /// A link in a mail.
    Link,
    /// An API key.
    ApiKey,
    /// An invitation to an organisation.
    Invitation,
}

impl Kind {
    fn prefix(self) -> &'static str {
        match self {
            Self::Refresh => "ort_",
            Self::Device => "odv_",
            Self::Link => "oml_",
            Self::ApiKey => "osk_",
            Self::Invitation => "oin_",
        }
    }
}

/// A secret of one kind. Its text is shown to its owner only.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct OpaqueToken {
    kind: Kind,
    text: String,
}

impl OpaqueToken {
    /// The secret of 32 bytes that nobody can guess.
    pub(crate) fn new(kind: Kind, bytes: &[u8; 32]) -> Self {
        Self { kind, text: format!("{}{}", kind.prefix(), URL_SAFE_NO_PAD.encode(bytes)) }
    }

    /// Takes a text that has the shape of this kind.
    pub(crate) fn parse(kind: Kind, text: &str) -> Option<Self> {
        let encoded = text.strip_prefix(kind.prefix())?;
        // 32 bytes are 43 characters of base64.
        let bytes = if encoded.len() == 43 { URL_SAFE_NO_PAD.decode(encoded).ok()? } else { return None };
        (bytes.len() == 32).then(|| Self { kind, text: text.to_owned() })
    }

    /// What is kept of it.
    pub(crate) fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.text.as_bytes()).into()
    }

    /// The secret that follows this one: always the same, so that a retry after a lost reply gets it
    /// again although it is kept nowhere.
    pub(crate) fn successor(&self, key: &[u8; 32]) -> Self {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
        mac.update(self.text.as_bytes());
        Self::new(self.kind, &mac.finalize().into_bytes().into())
    }

    /// The text, for its owner.
    pub(crate) fn expose(&self) -> &str {
        &self.text
    }
}

impl std::fmt::Debug for OpaqueToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}…", self.kind.prefix())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_never_taken_for_each_other() {
        let token = OpaqueToken::new(Kind::Refresh, &[7; 32]);
        assert_eq!(OpaqueToken::parse(Kind::Refresh, token.expose()), Some(token.clone()));
        assert_eq!(OpaqueToken::parse(Kind::ApiKey, token.expose()), None);
        assert_eq!(OpaqueToken::parse(Kind::Refresh, "ort_short"), None);
        assert_eq!(format!("{token:?}"), "ort_…");
    }

    #[test]
    fn the_successor_is_always_the_same_and_hangs_on_the_key() {
        let token = OpaqueToken::new(Kind::Refresh, &[7; 32]);
        assert_eq!(token.successor(&[1; 32]), token.successor(&[1; 32]));
        assert_ne!(token.successor(&[1; 32]), token.successor(&[2; 32]));
        assert_ne!(token.successor(&[1; 32]), token);
    }
}
