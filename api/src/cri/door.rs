//! From a client's call to the engine and back.

use std::sync::Arc;
use std::time::Duration;

use hyper::HeaderMap;
use libcr::Engine;
use libcr::progress::Cancel;

use super::Refusal;
use super::events::Listeners;
use crate::http::call::{CancelGuard, Context};

/// What every call is answered with.
#[derive(Debug, Clone)]
pub struct Door {
    context: Arc<Context>,
    /// What the client allows for this call.
    pub deadline: Option<Duration>,
}

impl Door {
    /// For one call with these headers.
    pub fn new(context: Arc<Context>, headers: &HeaderMap) -> Self {
        let deadline = headers.get("grpc-timeout");
        Self {
            context,
            deadline: deadline.and_then(|value| timeout(value.to_str().ok()?)),
        }
    }

    /// Does blocking work on a thread of its own. It is brought to its end even if the client is gone.
    ///
    /// # Errors
    /// What `work` gives; when the engine can't be opened.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Engine) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.run_with("", work).await
    }

    /// The same with the runtime of this name; empty: the usual one.
    ///
    /// # Errors
    /// As [`Door::run`].
    pub async fn run_with<T: Send + 'static>(
        &self,
        runtime: &str,
        work: impl FnOnce(&Engine) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let context = Arc::clone(&self.context);
        let mut config = context.config.clone();
        if !runtime.is_empty() {
            config.runtime = Some(runtime.to_owned());
        }
        let job = context.activity.job();
        let done = tokio::task::spawn_blocking(move || {
            let _job = job;
            work(&libcr::open(config)?)
        });
        done.await
            .unwrap_or_else(|error| Err(Refusal::internal(&error)))
    }

    /// Does blocking work that ends early when the client is gone.
    ///
    /// # Errors
    /// As [`Door::run`].
    pub async fn run_cancelled<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Engine, &Cancel) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.run_cancelled_with("", work).await
    }

    /// The same with the runtime of this name; empty: the usual one.
    ///
    /// # Errors
    /// As [`Door::run`].
    pub async fn run_cancelled_with<T: Send + 'static>(
        &self,
        runtime: &str,
        work: impl FnOnce(&Engine, &Cancel) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let cancel = Cancel::default();
        let _gone = CancelGuard(cancel.clone());
        self.run_with(runtime, move |engine| work(engine, &cancel))
            .await
    }

    /// Whether this service lets its clients thaw what came from elsewhere.
    ///
    /// # Errors
    /// When it doesn't, which is the rule.
    pub fn may_restore(&self, what: &str) -> Result<(), Refusal> {
        if self.context.cri_restore {
            return Ok(());
        }
        Err(Refusal::not_allowed(&format!(
            "{what} is off: whoever may create containers could bring what somebody else wrote into a pod; the service has to be started with --cri-restore"
        )))
    }

    /// A thread that reads for clients as long as they are there; nothing is lost with it.
    pub fn reader(&self, work: impl FnOnce(Result<Engine, Refusal>) + Send + 'static) {
        let config = self.context.config.clone();
        tokio::task::spawn_blocking(move || work(libcr::open(config).map_err(Refusal::from)));
    }

    /// Clients that listen to what happens.
    pub fn listeners(&self) -> &Listeners {
        &self.context.listeners
    }

    /// What all calls are answered with.
    pub fn context(&self) -> &Arc<Context> {
        &self.context
    }

    /// The runtime that the service was started with, if it was told one.
    pub fn runtime(&self) -> Option<&str> {
        self.context.config.runtime.as_deref()
    }
}

/// A time of gRPC's protocol: at most eight digits and a unit.
fn timeout(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if number.len() > 8 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: u64 = number.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(number * 3600),
        "M" => Duration::from_secs(number * 60),
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        "n" => Duration::from_nanos(number),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_the_protocol() {
        assert_eq!(timeout("5S"), Some(Duration::from_secs(5)));
        assert_eq!(timeout("1500m"), Some(Duration::from_millis(1500)));
        for bad in ["", "S", "5", "123456789S", "-1S", "5\u{e9}"] {
            assert_eq!(timeout(bad), None, "{bad}");
        }
    }
}
