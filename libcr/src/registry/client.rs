//! A connection to one repository: its address, its protocol, and who we are to it.

use std::io::Read;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use ureq::http::{HeaderMap, Method, Request, Response, StatusCode, Uri, header};
use ureq::{Agent, AsSendBody, Body, SendBody};

use super::token::{self, Challenge};
use super::{Credentials, Place, RegistryError, certificates};
use crate::error::one_line;

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(20);
/// How long an answer may take to begin.
const ANSWER: Duration = Duration::from_secs(30);
/// How long the answer to a whole upload may take: the registry puts it in its place first.
const ANSWER_TO_UPLOAD: Duration = Duration::from_mins(10);
/// How long nothing may come or go.
const SILENCE: Duration = Duration::from_secs(30);
/// Redirections that are followed.
const REDIRECTIONS: u32 = 5;
/// Most of an error's text that is read.
const COMPLAINT_LIMIT: u64 = 16 << 10;

/// How to reach a repository.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Certificates are not checked, and where there is no TLS, it goes without.
    pub insecure: bool,
    /// In place of the system's directories of certificates.
    pub certificates: Option<PathBuf>,
    /// Who asks; `None`: nobody in particular.
    pub credentials: Option<Credentials>,
    /// `pull`, or `pull,push`.
    pub actions: &'static str,
    /// Repositories of the same registry that blobs may be mounted from.
    pub sources: Vec<String>,
}

/// A repository of a registry that answered.
#[derive(Debug)]
pub struct Client {
    agent: Agent,
    scheme: &'static str,
    place: Place,
    settings: Settings,
    /// The `Authorization` header that was last found to be right.
    authorization: Mutex<Option<String>>,
}

/// What a request carries.
pub(super) enum Payload<'a> {
    /// Nothing.
    None,
    /// A document.
    Document(&'a [u8]),
    /// So many bytes of a stream, which can be read once.
    Stream(&'a mut dyn Read, u64),
}

/// A request that is being put together.
pub(super) struct Call<'a> {
    /// The verb.
    pub method: Method,
    /// Where to, whole.
    pub url: String,
    /// Headers beside `Authorization` and those of the payload.
    pub headers: Vec<(header::HeaderName, String)>,
    /// What goes with it.
    pub payload: Payload<'a>,
}

impl Call<'_> {
    pub(super) fn new(method: Method, url: String) -> Self {
        Self {
            method,
            url,
            headers: Vec::new(),
            payload: Payload::None,
        }
    }

    #[must_use]
    pub(super) fn header(mut self, name: header::HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl Client {
    /// Asks the registry whether it is one, and what it wants to be shown.
    ///
    /// # Errors
    /// [`RegistryError::Unreachable`]; [`RegistryError::Unauthorized`] where credentials are wrong.
    pub fn connect(place: &Place, settings: Settings) -> Result<Self, RegistryError> {
        let secure = Self {
            agent: agent(place, &settings)?,
            scheme: "https",
            place: place.clone(),
            settings,
            authorization: Mutex::new(None),
        };
        let answer = match secure.ping() {
            Err(first) if secure.settings.insecure => {
                let plain = Self {
                    scheme: "http",
                    ..secure
                };
                return match plain.ping() {
                    Ok(answer) => plain.introduced(&answer),
                    // The second try says nothing of a host that isn't there.
                    Err(_) => Err(first),
                };
            }
            answer => answer?,
        };
        secure.introduced(&answer)
    }

    fn ping(&self) -> Result<Response<Body>, RegistryError> {
        let url = format!("{}://{}/v2/", self.scheme, self.place.host);
        let unreachable = |reason: String| RegistryError::Unreachable {
            host: self.place.host.clone(),
            reason: format!("Get \"{url}\": {reason}"),
        };
        let answer = self
            .once(&mut Call::new(Method::GET, url.clone()))
            .map_err(|error| unreachable(reason(&error)))?;
        match answer.status() {
            StatusCode::OK | StatusCode::UNAUTHORIZED => Ok(answer),
            status => Err(unreachable(format!(
                "StatusCode: {}, {}",
                status.as_u16(),
                complaint(answer)
            ))),
        }
    }

    fn introduced(self, answer: &Response<Body>) -> Result<Self, RegistryError> {
        if answer.status() == StatusCode::UNAUTHORIZED {
            self.authorize(answer.headers(), "pinging container registry")?;
        }
        Ok(self)
    }

    /// Asks once more who we are, for `login`.
    ///
    /// # Errors
    /// [`RegistryError::Unauthorized`].
    pub fn check_credentials(&self) -> Result<(), RegistryError> {
        let url = self.url("");
        let answer = self.send(Call::new(Method::GET, url), "login")?;
        match answer.status() {
            StatusCode::OK => Ok(()),
            _ => Err(Self::failure(answer, "login")),
        }
    }

    /// Where it is.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Below `/v2/`.
    fn url(&self, path: &str) -> String {
        format!("{}://{}/v2/{path}", self.scheme, self.place.host)
    }

    /// Below the repository.
    pub(super) fn repository_url(&self, path: &str) -> String {
        self.url(&format!("{}/{path}", self.place.repository))
    }

    /// A URL of an answer, which may be without scheme and host.
    pub(super) fn absolute(&self, location: &str) -> String {
        match location.strip_prefix('/') {
            Some(path) => format!("{}://{}/{path}", self.scheme, self.place.host),
            None => location.to_owned(),
        }
    }

    /// Sends a request, and once more with what the registry wants to be shown. A stream is sent
    /// once: before it, something else was asked.
    pub(super) fn send(
        &self,
        mut call: Call<'_>,
        doing: &str,
    ) -> Result<Response<Body>, RegistryError> {
        let lost = |error: ureq::Error| Self::lost(&error, doing);
        let answer = self.once(&mut call).map_err(lost)?;
        if answer.status() != StatusCode::UNAUTHORIZED
            || matches!(call.payload, Payload::Stream(..))
        {
            return Ok(answer);
        }
        self.authorize(answer.headers(), doing)?;
        drop(answer);
        self.once(&mut call).map_err(lost)
    }

    fn once(&self, call: &mut Call<'_>) -> Result<Response<Body>, ureq::Error> {
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(&call.url);
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        let known = self.authorization();
        if let Some(value) = known.filter(|_| self.is_own(&call.url)) {
            request = request.header(header::AUTHORIZATION, value);
        }
        let length = match &call.payload {
            Payload::None if matches!(call.method, Method::GET | Method::HEAD) => None,
            Payload::None => Some(0),
            Payload::Document(bytes) => Some(bytes.len() as u64),
            Payload::Stream(_, size) => Some(*size),
        };
        if let Some(length) = length {
            request = request.header(header::CONTENT_LENGTH, length);
        }
        match &mut call.payload {
            Payload::None => self.run(request.body(())?, ANSWER),
            Payload::Document(bytes) => self.run(request.body(*bytes)?, ANSWER_TO_UPLOAD),
            Payload::Stream(stream, _) => {
                let body = SendBody::from_reader(stream);
                self.run(request.body(body)?, ANSWER_TO_UPLOAD)
            }
        }
    }

    fn run(
        &self,
        request: Request<impl AsSendBody>,
        answer_in: Duration,
    ) -> Result<Response<Body>, ureq::Error> {
        let request = self
            .agent
            .configure_request(request)
            .timeout_recv_response(Some(answer_in))
            .build();
        self.agent.run(request)
    }

    /// Whether a URL is of this registry, so that it may see what the registry may.
    fn is_own(&self, url: &str) -> bool {
        let own = format!("{}://{}", self.scheme, self.place.host);
        let (Ok(own), Ok(other)) = (own.parse::<Uri>(), url.parse::<Uri>()) else {
            return false;
        };
        own.scheme() == other.scheme() && own.authority() == other.authority()
    }

    fn authorization(&self) -> Option<String> {
        let known = self.authorization.lock();
        known.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Finds what the registry wants to be shown.
    fn authorize(&self, headers: &HeaderMap, doing: &str) -> Result<(), RegistryError> {
        let unauthorized = |reason: &str| RegistryError::Unauthorized {
            doing: doing.to_owned(),
            reason: reason.to_owned(),
        };
        let values = headers.get_all(header::WWW_AUTHENTICATE).into_iter();
        let challenge = Challenge::choose(values.filter_map(|value| value.to_str().ok()));
        let found = match (challenge, &self.settings.credentials) {
            (None, _) | (Some(Challenge::Basic), None) => {
                return Err(unauthorized("unauthorized: authentication required"));
            }
            (Some(Challenge::Basic), Some(credentials)) => token::basic(credentials),
            (Some(Challenge::Bearer { realm, service }), credentials) => {
                self.token(&realm, service.as_deref(), credentials.as_ref(), doing)?
            }
        };
        let mut known = self
            .authorization
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *known = Some(found);
        Ok(())
    }

    fn token(
        &self,
        realm: &str,
        service: Option<&str>,
        credentials: Option<&Credentials>,
        doing: &str,
    ) -> Result<String, RegistryError> {
        if self.scheme == "https" && !self.settings.insecure && !realm.starts_with("https://") {
            return Err(RegistryError::Lie {
                what: doing.to_owned(),
                reason: format!("the registry wants the password sent in clear to {realm:?}"),
            });
        }
        let mut scopes = Vec::new();
        if !self.place.repository.is_empty() {
            let (name, actions) = (&self.place.repository, self.settings.actions);
            scopes.push(format!("repository:{name}:{actions}"));
        }
        let sources = self.settings.sources.iter();
        scopes.extend(sources.map(|name| format!("repository:{name}:pull")));
        let asked = match credentials {
            Some(credentials) if credentials.is_token => {
                let mut form = vec![
                    ("grant_type", "refresh_token"),
                    ("client_id", "cryopod"),
                    ("refresh_token", credentials.secret.as_str()),
                ];
                form.extend(service.map(|service| ("service", service)));
                let scope = scopes.join(" ");
                form.push(("scope", &scope));
                self.agent.post(realm).send_form(form)
            }
            _ => {
                let mut request = self.agent.get(realm);
                request = request.query_pairs(service.map(|service| ("service", service)));
                request = request.query_pairs(scopes.iter().map(|scope| ("scope", scope)));
                if let Some(credentials) = credentials {
                    request = request
                        .query("account", &credentials.user)
                        .header(header::AUTHORIZATION, token::basic(credentials));
                }
                request.call()
            }
        };
        let answer = asked.map_err(|error| Self::lost(&error, "requesting bearer token"))?;
        let status = answer.status();
        if status != StatusCode::OK {
            let reason = format!(
                "requesting bearer token: invalid status code from registry {} ({})",
                status.as_u16(),
                status.canonical_reason().unwrap_or_default()
            );
            let doing = doing.to_owned();
            return Err(match status {
                StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                    RegistryError::Unauthorized { doing, reason }
                }
                _ => RegistryError::Refused { doing, reason },
            });
        }
        token::bearer(answer.into_body().into_reader()).ok_or_else(|| RegistryError::Lie {
            what: doing.to_owned(),
            reason: "requesting bearer token: the answer has no token".into(),
        })
    }

    pub(super) fn lost(error: &ureq::Error, doing: &str) -> RegistryError {
        RegistryError::Lost {
            doing: doing.to_owned(),
            reason: reason(error),
        }
    }

    /// What an answer means that was not the one needed.
    pub(super) fn failure(answer: Response<Body>, doing: &str) -> RegistryError {
        let status = answer.status();
        let doing = doing.to_owned();
        let reason = complaint(answer);
        match status {
            StatusCode::NOT_FOUND => RegistryError::NotFound { doing, reason },
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                RegistryError::Unauthorized { doing, reason }
            }
            _ => RegistryError::Refused { doing, reason },
        }
    }
}

fn agent(place: &Place, settings: &Settings) -> Result<Agent, RegistryError> {
    let directory = settings.certificates.as_deref();
    let tls = certificates::configuration(&place.host, directory, !settings.insecure)?;
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .tls_config(tls)
        .user_agent(concat!("cryopod/", env!("CARGO_PKG_VERSION")))
        .max_redirects(REDIRECTIONS)
        .max_redirects_will_error(true)
        .timeout_resolve(Some(CONNECT))
        .timeout_connect(Some(CONNECT))
        .timeout_recv_response(Some(ANSWER))
        .timeout_per_read(Some(SILENCE))
        .timeout_per_write(Some(SILENCE))
        .build();
    Ok(config.new_agent())
}

/// The words of a failure; Podman's where it has some that people search for.
pub(super) fn reason(error: &ureq::Error) -> String {
    let text = error.to_string();
    if text.contains("InvalidContentType") {
        return "http: server gave HTTP response to HTTPS client".into();
    }
    match error {
        ureq::Error::Timeout(_) => format!("the registry is silent ({text})"),
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
            "connection refused".into()
        }
        ureq::Error::HostNotFound => "no such host".into(),
        _ => one_line(&crate::sys::dir::reason(&std::io::Error::other(text))),
    }
}

/// The registry's words in an answer that is none, in one line.
fn complaint(answer: Response<Body>) -> String {
    #[derive(Deserialize)]
    struct Envelope {
        errors: Vec<Complaint>,
    }
    #[derive(Deserialize)]
    struct Complaint {
        #[serde(default)]
        code: String,
        #[serde(default)]
        message: String,
    }
    let status = answer.status();
    let mut bytes = Vec::new();
    let body = answer.into_body().into_reader().take(COMPLAINT_LIMIT);
    let read = { body }.read_to_end(&mut bytes);
    let envelope = read
        .ok()
        .and_then(|_| serde_json::from_slice::<Envelope>(&bytes).ok());
    let first = envelope.and_then(|envelope| envelope.errors.into_iter().next());
    let Some(first) = first else {
        let words = status.canonical_reason().unwrap_or_default();
        return match status {
            StatusCode::NOT_FOUND => "manifest unknown".into(),
            _ => format!("StatusCode: {}, {words}", status.as_u16()),
        };
    };
    let code = first.code.to_lowercase().replace('_', " ");
    let text = if first.message.is_empty() || first.message == code {
        code
    } else {
        format!("{code}: {}", first.message)
    };
    let short: String = text.chars().take(300).collect();
    one_line(&short)
}
