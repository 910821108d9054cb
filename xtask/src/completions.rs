//! Shell completions: `completions/` holds what clap_complete makes of the command tree, for bash,
//! zsh and fish; the check fails when a file is not what the tree gives now.

use anyhow::{Context, Result, bail};
use clap_complete::Shell;
use std::fs;
use std::path::Path;

// File names as the shells look for them.
const FILES: [(Shell, &str); 3] = [
    (Shell::Bash, "bash/cryopod"),
    (Shell::Zsh, "zsh/_cryopod"),
    (Shell::Fish, "fish/cryopod.fish"),
];

/// Writes `completions/{bash,zsh,fish}/…`.
pub fn generate(root: &Path) -> Result<()> {
    for (shell, name) in FILES {
        let file = root.join("completions").join(name);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
        }
        fs::write(&file, completion(shell)).with_context(|| format!("write {}", file.display()))?;
    }
    Ok(())
}

/// Fails when a file is missing or not what `generate` would write.
pub fn check(root: &Path) -> Result<()> {
    for (shell, name) in FILES {
        let file = root.join("completions").join(name);
        let there = fs::read(&file).with_context(|| format!("read {}", file.display()))?;
        if there != completion(shell) {
            bail!("completions/{name} is stale: run `cargo xtask completions`");
        }
    }
    Ok(())
}

fn completion(shell: Shell) -> Vec<u8> {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut cryopod_cli::command(), "cryopod", &mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::{check, completion, generate};
    use clap_complete::Shell;

    #[test]
    fn a_changed_file_is_stale() {
        let root = tempfile::tempdir().unwrap();
        assert!(check(root.path()).is_err());
        generate(root.path()).unwrap();
        check(root.path()).unwrap();
        std::fs::write(root.path().join("completions/bash/cryopod"), "x").unwrap();
        assert!(
            check(root.path())
                .unwrap_err()
                .to_string()
                .contains("stale")
        );
    }

    #[test]
    fn the_main_commands_are_there() {
        let text = String::from_utf8(completion(Shell::Fish)).unwrap();
        assert!(text.contains("checkpoint") && text.contains("leave-running"));
    }

    #[test]
    fn ours_are_fresh() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .unwrap();
        check(root).unwrap();
    }
}
