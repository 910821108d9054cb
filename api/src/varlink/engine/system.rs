//! The engine itself.

use libcr::Engine;
use libcr::ops::system::{self, VERSION};
use serde_json::{Value, json};

use crate::LIBPOD_API;
use crate::varlink::call::Call;
use crate::varlink::failed::Failed;
use crate::varlink::service::Nothing;

pub fn info(engine: &Engine, _: &Call, _: Nothing) -> Result<Value, Failed> {
    Ok(json!({ "info": system::info(engine)? }))
}

#[expect(clippy::unnecessary_wraps, reason = "a handler like the others")]
pub fn version(_: &Engine, _: &Call, _: Nothing) -> Result<Value, Failed> {
    let own = system::version();
    Ok(json!({
        "version": VERSION,
        "api_version": LIBPOD_API,
        "os_arch": own["Client"]["OsArch"],
    }))
}

#[expect(clippy::unnecessary_wraps, reason = "a handler like the others")]
pub fn ping(_: &Engine, _: &Call, _: Nothing) -> Result<Value, Failed> {
    Ok(json!({}))
}
