//! A further process in a running container, for `exec` and for health checks: what it is, the
//! runtime's command that makes it, and what that command's end means.

use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::ops::steps::life::rootfs;
use crate::runtime::user;
use crate::sys::dir::at;
use crate::sys::machine;

/// What is to run.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ExecOptions {
    /// Command and its arguments.
    pub command: Vec<String>,
    /// Further `NAME=VALUE`.
    pub env: Vec<String>,
    /// `--user`; `None`: the container's.
    pub user: Option<String>,
    /// `--workdir`; `None`: the container's.
    pub workdir: Option<String>,
    /// `--tty`.
    pub terminal: bool,
    /// `--interactive`: standard input is the caller's.
    pub stdin: bool,
    /// `--detach`: don't wait.
    pub detach: bool,
    /// `--privileged`.
    pub privileged: bool,
}

/// What a process that can be started leaves behind for its end.
#[derive(Debug)]
pub struct Prepared {
    runtime: String,
    log: PathBuf,
    /// Read by the runtime when it starts; goes with this.
    _process: NamedTempFile,
}

/// Prepares a process in a running container: the runtime's command, whose standard streams are the
/// caller's to set, and what is needed until it has ended. The runtime writes the number of the
/// process to `pid_file`, where one is given, and sends its terminal to the socket `console`.
pub fn prepare(
    engine: &Engine,
    container: &Container,
    options: &ExecOptions,
    pid_file: Option<&std::path::Path>,
    console: Option<&std::path::Path>,
) -> Result<(Command, Prepared)> {
    let id = &container.config.id;
    let bundle = engine.bundle(id);
    let process = process(engine, container, options)?;
    let mut file = tempfile::Builder::new()
        .prefix("exec-")
        .tempfile_in(&bundle)?;
    std::io::Write::write_all(&mut file, process.to_string().as_bytes())?;
    let runtime = engine.runtime_of(container)?;
    let log = bundle.join(format!(
        "exec-{}.log",
        crate::model::id::short(&crate::model::id::from_random(machine::random()?))
    ));
    let mut command = runtime.exec(file.path(), options.detach, &log);
    if let Some(path) = pid_file {
        command.arg("--pid-file").arg(path);
    }
    if let Some(path) = console {
        command.arg("--console-socket").arg(path);
    }
    command.arg(id);
    let prepared = Prepared {
        runtime: runtime.name,
        log,
        _process: file,
    };
    Ok((command, prepared))
}

impl Prepared {
    /// The exit code of the process, by that of the runtime's command.
    ///
    /// # Errors
    /// [`Error::CommandNotFound`], [`Error::CommandNotExecutable`], [`Error::RuntimeFailed`] when
    /// there was no process.
    pub fn finish(self, status: ExitStatus) -> Result<i32> {
        let said = std::fs::read_to_string(&self.log).unwrap_or_default();
        crate::sys::dir::remove_file_if_present(&self.log)?;
        match runtime_error(&self.runtime, &said).filter(|_| !status.success()) {
            Some(error) => Err(error),
            None => Ok(status
                .code()
                .unwrap_or_else(|| 128 + status.signal().unwrap_or(0))),
        }
    }
}

/// The `process` of the OCI runtime-spec.
fn process(engine: &Engine, container: &Container, options: &ExecOptions) -> Result<Value> {
    let path = engine.bundle(&container.config.id).join("config.json");
    let text = std::fs::read(&path).map_err(at("read", &path))?;
    let spec: Value = serde_json::from_slice(&text).map_err(std::io::Error::other)?;
    let mut process = spec["process"].clone();
    process["args"] = options.command.clone().into();
    process["terminal"] = options.terminal.into();
    if let Some(workdir) = &options.workdir {
        process["cwd"] = workdir.clone().into();
    }
    if let Some(user) = &options.user {
        let merged = rootfs::paths(engine, &container.config).merged;
        let root =
            Dir::open_ambient_dir(&merged, ambient_authority()).map_err(at("open", &merged))?;
        let identity = user::resolve(&root, user)?;
        let own = container.config.process.env.iter();
        if !own.clone().any(|line| line.starts_with("HOME=")) {
            set_variable(&mut process, &format!("HOME={}", identity.home));
        }
        let umask = process["user"]["umask"].take();
        process["user"] = json!({ "uid": identity.uid, "gid": identity.gid, "additionalGids": identity.additional_gids });
        if umask.is_number() {
            process["user"]["umask"] = umask;
        }
        // As for a container's first process: only root holds what is in the bounding set.
        let granted = if identity.uid == 0 {
            process["capabilities"]["bounding"].clone()
        } else {
            json!([])
        };
        process["capabilities"]["effective"] = granted.clone();
        process["capabilities"]["permitted"] = granted;
    }
    if options.privileged {
        let all = crate::runtime::capability::resolve(true, &[], &[])
            .map_err(crate::runtime::spec::SpecError::from)?;
        process["capabilities"] = json!({ "bounding": all, "effective": all, "permitted": all });
    }
    if options.terminal {
        set_variable(&mut process, "TERM=xterm");
    }
    for line in &options.env {
        set_variable(&mut process, line);
    }
    Ok(process)
}

/// Sets a `NAME=VALUE` of a process (OCI runtime-spec, `process.env`), in the place of one of that
/// name.
fn set_variable(process: &mut Value, line: &str) {
    if !process["env"].is_array() {
        process["env"] = json!([]);
    }
    let name = |line: &str| line.split('=').next().map(str::to_owned);
    if let Some(env) = process["env"].as_array_mut() {
        env.retain(|known| known.as_str().and_then(name) != name(line));
        env.push(line.into());
    }
}

/// The runtime's own failure, told apart from a command that ended badly: only the former is in
/// its log.
fn runtime_error(runtime: &str, log: &str) -> Option<Error> {
    // runc writes an object a line, crun one over several.
    let entries = serde_json::Deserializer::from_str(log).into_iter::<Value>();
    let messages = entries.map_while(Result::ok).filter_map(|entry| {
        let serious = entry["level"].as_str() == Some("error");
        serious.then(|| entry["msg"].as_str().map(str::to_owned))?
    });
    let message = messages.last()?;
    Some(crate::ops::steps::life::monitor::explain(runtime, &message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_there_once() {
        let mut process = json!({ "env": ["TERM=dumb", "A=1", "AB=2"] });
        for line in ["TERM=xterm", "A=3"] {
            set_variable(&mut process, line);
        }
        assert_eq!(process["env"], json!(["AB=2", "TERM=xterm", "A=3"]));
        let mut bare = json!({});
        set_variable(&mut bare, "A=");
        assert_eq!(bare["env"], json!(["A="]));
    }

    #[test]
    fn both_runtimes_logs_are_read() {
        let crun = "{\n  \"msg\": \"executable file `\\/nope` not found: No such file or directory\",\n  \"level\": \"error\"\n}\n";
        let runc = "{\"level\":\"warning\",\"msg\":\"permission denied\"}\n{\"level\":\"error\",\"msg\":\"exec failed: exec: \\\"/bin\\\": is a directory\"}\n";
        let read = |runtime: &str, log: &str| runtime_error(runtime, log).unwrap();
        assert_eq!(
            read("crun", crun).to_string(),
            "crun: executable file `/nope` not found: No such file or directory: OCI runtime attempted to invoke a command that was not found"
        );
        let refused = read("runc", runc);
        assert_eq!(refused.exit_code(), 126);
        assert!(refused.to_string().ends_with(": OCI permission denied"));
        assert!(runtime_error("crun", "").is_none());
    }
}
