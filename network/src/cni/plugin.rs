//! Running one plugin: what to do in its environment, its configuration on stdin, its answer on stdout
//! (CNI specification, section 2).

use std::env;
use std::io::{self, Read, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;

use rustix::process::{Pid, Signal, kill_process_group};
use serde::Deserialize;
use serde_json::Value;

use crate::cni::conflist::VERSIONS;
use crate::config::valid_name;
use crate::error::Error;

/// A longer answer is cut off and its plugin ended.
const MOST_BYTES: u64 = 1 << 20;

/// What a plugin is told to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    /// Attach the container, or change what the plugin before attached.
    Add,
    /// Undo it.
    Del,
    /// Look whether it is still so.
    Check,
    /// Say which versions it speaks.
    Version,
}

impl Verb {
    fn as_str(self) -> &'static str {
        match self {
            Self::Add => "ADD",
            Self::Del => "DEL",
            Self::Check => "CHECK",
            Self::Version => "VERSION",
        }
    }
}

/// The environment of a call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call<'a> {
    /// What to do.
    pub verb: Verb,
    /// Id of the container.
    pub container_id: &'a str,
    /// Its network namespace; absent when it has gone.
    pub netns: Option<&'a Path>,
    /// Name of the interface in it.
    pub interface: &'a str,
    /// `KEY=VALUE;…`
    pub arguments: &'a str,
}

/// What a plugin left behind.
struct Outcome {
    status: ExitStatus,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

/// The directories that plugins are in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Programs<'a> {
    pub directories: &'a [PathBuf],
}

impl Programs<'_> {
    /// The program of a plugin: the first regular file of its name.
    pub fn find(&self, plugin: &str) -> Result<PathBuf, Error> {
        let found = self.directories.iter().map(|d| d.join(plugin));
        found
            .filter(|_| valid_name(plugin))
            .find(|file| file.is_file())
            .ok_or_else(|| Error::CniPluginMissing {
                plugin: plugin.to_owned(),
                searched: self.directories.to_vec(),
            })
    }

    /// Runs a plugin with this configuration and returns its answer.
    pub fn run(&self, plugin: &str, call: Call<'_>, config: &Value) -> Result<Vec<u8>, Error> {
        let program = self.find(plugin)?;
        let path = env::join_paths(self.directories)
            .map_err(|error| failed(plugin, format!("CNI_PATH: {error}")))?;
        let mut command = Command::new(&program);
        command
            .env("CNI_COMMAND", call.verb.as_str())
            .env("CNI_CONTAINERID", call.container_id)
            .env("CNI_NETNS", call.netns.unwrap_or(Path::new("")))
            .env("CNI_IFNAME", call.interface)
            .env("CNI_ARGS", call.arguments)
            .env("CNI_PATH", path)
            // dnsname keeps its files below it, but who tears down need not have the same one
            // (Podman's cni_exec.go).
            .env_remove("XDG_RUNTIME_DIR")
            // Out of the terminal's process group: Ctrl-C must not cut it off half-way.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        tracing::debug!(plugin, ?call, %config, "cni");
        let child = command.spawn().map_err(Error::io("run", &program))?;
        let outcome = converse(child, config.to_string().as_bytes())
            .map_err(Error::io("wait for", &program))?;
        if outcome.stdout.len() as u64 > MOST_BYTES {
            let message = format!("its answer is longer than {MOST_BYTES} bytes");
            return Err(failed(plugin, message));
        }
        if outcome.status.success() {
            return Ok(outcome.stdout);
        }
        Err(failed(plugin, explanation(&outcome)))
    }

    /// The versions of the protocol that a plugin speaks.
    pub fn versions(&self, plugin: &str) -> Result<Vec<String>, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Answer {
            supported_versions: Vec<String>,
        }
        let call = Call {
            verb: Verb::Version,
            // Plugins of old insist on values that they have no use for (libcni, GetVersionInfo).
            container_id: "dummy",
            netns: Some(Path::new("dummy")),
            interface: "dummy",
            arguments: "",
        };
        let newest = VERSIONS[VERSIONS.len() - 1];
        let answer = self.run(plugin, call, &serde_json::json!({"cniVersion": newest}))?;
        let answer: Answer = serde_json::from_slice(&answer)
            .map_err(|error| failed(plugin, format!("its versions can't be read: {error}")))?;
        Ok(answer.supported_versions)
    }
}

/// An [`Error::Cni`].
pub(super) fn failed(plugin: &str, message: impl Into<String>) -> Error {
    Error::Cni {
        plugin: plugin.to_owned(),
        message: message.into(),
    }
}

/// Writes to a child and reads from it at the same time: none waits for the other's full pipe.
fn converse(mut child: Child, input: &[u8]) -> io::Result<Outcome> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    thread::scope(|scope| {
        thread::Builder::new().spawn_scoped(scope, move || {
            // If it died early its answer says why.
            if let Some(Err(error)) = stdin.map(|mut stdin| stdin.write_all(input)) {
                tracing::debug!(%error, "a CNI plugin did not take its configuration");
            }
        })?;
        let complaints = thread::Builder::new().spawn_scoped(scope, move || {
            let mut text = Vec::new();
            if let Some(mut stderr) = stderr {
                let _ = stderr.by_ref().take(MOST_BYTES).read_to_end(&mut text);
                // Who writes more is not held up.
                let _ = io::copy(&mut stderr, &mut io::sink());
            }
            text
        })?;
        let mut answer = Vec::new();
        let read = stdout.map(|stdout| stdout.take(MOST_BYTES + 1).read_to_end(&mut answer));
        if read.as_ref().is_some_and(Result::is_err) || answer.len() as u64 > MOST_BYTES {
            // With those that it started, which hold its pipes.
            let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
            if let Some(group) = group {
                let _ = kill_process_group(group, Signal::KILL);
            }
        }
        let status = child.wait();
        read.transpose()?;
        Ok(Outcome {
            status: status?,
            stdout: answer,
            stderr: complaints.join().unwrap_or_default(),
        })
    })
}

/// The plugin's own words: its error object, else the end of stderr, else the exit status.
fn explanation(outcome: &Outcome) -> String {
    #[derive(Deserialize)]
    struct Failure {
        #[serde(default)]
        code: u64,
        #[serde(default)]
        msg: String,
        #[serde(default)]
        details: String,
    }
    // The specification has it on stderr in one place and on stdout in another, where plugins put it.
    let object = [&outcome.stdout, &outcome.stderr]
        .into_iter()
        .find_map(|text| serde_json::from_slice::<Failure>(text).ok());
    if let Some(Failure { code, msg, details }) = object {
        let code = (code != 0).then(|| format!("error code {code}"));
        let said = [msg, details].into_iter().filter(|text| !text.is_empty());
        let said: Vec<String> = said.collect();
        return match code {
            Some(code) if said.is_empty() => code,
            _ if said.is_empty() => outcome.status.to_string(),
            _ => said.join(": "),
        };
    }
    let stderr = String::from_utf8_lossy(&outcome.stderr);
    match stderr.lines().rev().find(|line| !line.trim().is_empty()) {
        Some(line) => format!("{} ({})", line.trim(), outcome.status),
        None => outcome.status.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cni::tests::install;
    use serde_json::json;

    fn run(script: &str) -> (tempfile::TempDir, Result<Vec<u8>, Error>) {
        let dir = tempfile::tempdir().unwrap();
        install(dir.path(), "fake", script);
        let directories = [PathBuf::from("/nonexistent"), dir.path().to_owned()];
        let programs = Programs {
            directories: &directories,
        };
        let call = Call {
            verb: Verb::Del,
            container_id: "ab",
            netns: None,
            interface: "eth0",
            arguments: "IgnoreUnknown=1",
        };
        let answer = programs.run("fake", call, &json!({"name": "n"}));
        (dir, answer)
    }

    fn message(script: &str) -> String {
        run(script).1.unwrap_err().to_string()
    }

    #[test]
    fn environment_and_stdin() {
        let (dir, answer) = run("cat; env | grep ^CNI_ | sort");
        let answer = String::from_utf8(answer.unwrap()).unwrap();
        assert_eq!(
            answer,
            format!(
                r#"{{"name":"n"}}CNI_ARGS=IgnoreUnknown=1
CNI_COMMAND=DEL
CNI_CONTAINERID=ab
CNI_IFNAME=eth0
CNI_NETNS=
CNI_PATH=/nonexistent:{}
"#,
                dir.path().display()
            )
        );
    }

    #[test]
    fn its_own_words() {
        for (script, words) in [
            (
                r#"echo '{"code":7,"msg":"bad","details":"too small"}'; exit 1"#,
                "bad: too small",
            ),
            (r#"echo '{"code":11}'; exit 1"#, "error code 11"),
            (
                r#"echo '{"code":1,"msg":"on stderr"}' >&2; exit 1"#,
                "on stderr",
            ),
            ("echo a >&2; echo b >&2; exit 3", "b (exit status: 3)"),
            ("exit 4", "exit status: 4"),
        ] {
            assert_eq!(message(script), format!("cni plugin fake failed: {words}"));
        }
    }

    #[test]
    fn neither_flood_nor_silence_blocks() {
        let error = message("yes & yes >&2");
        assert!(error.contains("longer than"), "{error}");
        let (_dir, answer) = run("head -c 3000000 /dev/zero >&2; echo ok");
        assert_eq!(answer.unwrap(), b"ok\n");
    }

    #[test]
    fn a_missing_program_is_explained() {
        let directories = [PathBuf::from("/nonexistent/cni")];
        let programs = Programs {
            directories: &directories,
        };
        for plugin in ["bridge", "../../bin/sh", ""] {
            let error = programs.find(plugin).unwrap_err();
            assert!(matches!(error, Error::CniPluginMissing { .. }));
            let text = error.to_string();
            assert!(text.contains(plugin), "{text}");
            assert!(text.contains("/nonexistent/cni"), "{text}");
            assert!(text.contains("containernetworking-plugins"), "{text}");
        }
    }
}
