//! What the running kernel was built with, for messages that name the missing option.
//!
//! Only explains: whether something works is asked of CRIU ([`super::features`]), never of this.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};

use flate2::read::GzDecoder;

use crate::sys::machine;

/// Larger than any kernel's configuration (some 300 KB).
const LIMIT: u64 = 8 << 20;

/// A kernel option as the configuration has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    /// Built in or as a module: `y` or `m`, or a value.
    Set(String),
    /// `# CONFIG_X is not set`, or not mentioned.
    Unset,
    /// The kernel's configuration is in none of the usual places.
    Unknown,
}

/// The option of the running kernel, from /proc/config.gz, else /boot/config-RELEASE, else
/// /lib/modules/RELEASE/config (Debian's place from kernel 7 on).
pub fn option(name: &str) -> Setting {
    options(&[name]).pop().unwrap_or(Setting::Unknown)
}

/// Several options at once, in their order.
pub fn options(names: &[&str]) -> Vec<Setting> {
    let packed = File::open("/proc/config.gz")
        .ok()
        .and_then(|file| look_up(GzDecoder::new(file), names));
    let found = packed.or_else(|| {
        let kernel = machine::kernel();
        [
            format!("/boot/config-{kernel}"),
            format!("/lib/modules/{kernel}/config"),
        ]
        .into_iter()
        .find_map(|path| look_up(File::open(path).ok()?, names))
    });
    found.unwrap_or_else(|| vec![Setting::Unknown; names.len()])
}

/// Looks options up in a configuration file (Kconfig's `.config` form); `None` when it can't be
/// read.
fn look_up(config: impl Read, names: &[&str]) -> Option<Vec<Setting>> {
    let mut found = vec![Setting::Unset; names.len()];
    for line in BufReader::new(config.take(LIMIT)).lines() {
        let line = line.ok()?;
        let Some((name, value)) = line.split_once('=') else {
            continue;
        };
        if let Some(index) = names.iter().position(|wanted| *wanted == name) {
            found[index] = Setting::Set(value.to_owned());
        }
    }
    Some(found)
}

/// Why memory can't be tracked on this kernel with this `CONFIG_MEM_SOFT_DIRTY`.
pub fn why_no_tracking(kernel: &str, soft_dirty: &Setting) -> String {
    match soft_dirty {
        Setting::Unset => format!(
            "kernel {kernel} is built without CONFIG_MEM_SOFT_DIRTY; boot one that has it, or checkpoint in one step"
        ),
        Setting::Set(_) => format!(
            "kernel {kernel} has CONFIG_MEM_SOFT_DIRTY, but `criu check --feature mem_dirty_track` fails; checkpoint in one step, or run it to see why"
        ),
        Setting::Unknown => format!(
            "it needs a kernel with CONFIG_MEM_SOFT_DIRTY, which {kernel} seems to lack (its configuration is not to be found); checkpoint in one step"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_in_a_configuration() {
        let config = "#\n# Linux/x86 6.18.44 Kernel Configuration\n#\nCONFIG_HAVE_ARCH_SOFT_DIRTY=y\n\
                      # CONFIG_MEM_SOFT_DIRTY is not set\nCONFIG_TUN=m\n";
        let setting = |name: &str| look_up(config.as_bytes(), &[name]).unwrap().remove(0);
        assert_eq!(setting("CONFIG_MEM_SOFT_DIRTY"), Setting::Unset);
        assert_eq!(setting("CONFIG_TUN"), Setting::Set("m".into()));
        // A name that another one starts with is another option.
        assert_eq!(setting("CONFIG_HAVE_ARCH"), Setting::Unset);
        assert_eq!(
            look_up(GzDecoder::new(&b"not gzip"[..]), &["CONFIG_TUN"]),
            None
        );
    }

    #[test]
    fn every_reason_names_the_option_and_the_kernel() {
        for setting in [Setting::Set("y".into()), Setting::Unset, Setting::Unknown] {
            let reason = why_no_tracking("6.18.44", &setting);
            assert!(reason.contains("CONFIG_MEM_SOFT_DIRTY"), "{reason}");
            assert!(reason.contains("6.18.44"), "{reason}");
        }
    }
}
