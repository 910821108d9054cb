//! What a registry wants to be shown (RFC 7235), and the tokens that it hands out for it
//! (distribution's token specification).

use std::io::Read;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_auth::ChallengeParser;
use serde::Deserialize;

use super::Credentials;

/// Largest answer of a token server.
const ANSWER_LIMIT: u64 = 1 << 20;

/// What a registry asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Challenge {
    /// A password with every request.
    Basic,
    /// A token of this place.
    Bearer {
        /// Where tokens are made.
        realm: String,
        /// For whom.
        service: Option<String>,
    },
}

impl Challenge {
    /// The best of those that an answer lists; `None` where there is none that we know.
    pub(super) fn choose<'a>(headers: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut basic = None;
        for header in headers {
            for challenge in ChallengeParser::new(header).map_while(Result::ok) {
                let value = |name: &str| {
                    let mut params = challenge.params.iter();
                    params
                        .find(|(key, _)| key.eq_ignore_ascii_case(name))
                        .map(|(_, value)| value.to_unescaped())
                };
                if challenge.scheme.eq_ignore_ascii_case("basic") {
                    basic = Some(Self::Basic);
                } else if challenge.scheme.eq_ignore_ascii_case("bearer")
                    && let Some(realm) = value("realm")
                {
                    let service = value("service");
                    return Some(Self::Bearer { realm, service });
                }
            }
        }
        basic
    }
}

/// The header of a password.
pub(super) fn basic(credentials: &Credentials) -> String {
    let word = format!("{}:{}", credentials.user, credentials.secret);
    format!("Basic {}", STANDARD.encode(word))
}

/// The header of the token in a token server's answer; `None` where there is none in it.
pub(super) fn bearer(answer: impl Read) -> Option<String> {
    #[derive(Deserialize)]
    struct Answer {
        token: Option<String>,
        access_token: Option<String>,
    }
    let mut bytes = Vec::new();
    answer.take(ANSWER_LIMIT).read_to_end(&mut bytes).ok()?;
    let answer: Answer = serde_json::from_slice(&bytes).ok()?;
    let token = answer.token.filter(|token| !token.is_empty());
    let token = token.or(answer.access_token)?;
    Some(format!("Bearer {token}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_before_passwords() {
        let header = r#"Basic realm="x", Bearer realm="https://a/token",service="b c""#;
        let expected = Challenge::Bearer {
            realm: "https://a/token".into(),
            service: Some("b c".into()),
        };
        assert_eq!(Challenge::choose([header].into_iter()), Some(expected));
        let basic = ["Basic realm=\"Registry\""].into_iter();
        assert_eq!(Challenge::choose(basic), Some(Challenge::Basic));
        for none in ["", "Digest a=b", "Bearer service=x", "\"", "Bearer realm"] {
            assert_eq!(Challenge::choose([none].into_iter()), None, "{none}");
        }
    }

    #[test]
    fn either_key_of_a_token() {
        let token = |text: &str| bearer(text.as_bytes());
        assert_eq!(token(r#"{"token":"a"}"#).unwrap(), "Bearer a");
        let both = r#"{"token":"","access_token":"b","expires_in":60}"#;
        assert_eq!(token(both).unwrap(), "Bearer b");
        for none in ["", "{}", "<html>", r#"{"token":1}"#] {
            assert_eq!(token(none), None, "{none}");
        }
        let credentials = Credentials::parse("me:a:b").unwrap();
        assert_eq!(basic(&credentials), "Basic bWU6YTpi");
    }
}
