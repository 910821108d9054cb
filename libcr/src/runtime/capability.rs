//! Capabilities: Podman's default set, and what `--cap-add`, `--cap-drop` and `--privileged`
//! make of it. capabilities(7).

/// What a container has unless told otherwise: containers-common's default list.
pub const DEFAULT: [&str; 11] = [
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_KILL",
    "CAP_NET_BIND_SERVICE",
    "CAP_SETFCAP",
    "CAP_SETGID",
    "CAP_SETPCAP",
    "CAP_SETUID",
    "CAP_SYS_CHROOT",
];

/// All capabilities in the order of their numbers in linux/capability.h.
const ALL: [&str; 41] = [
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_DAC_READ_SEARCH",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_KILL",
    "CAP_SETGID",
    "CAP_SETUID",
    "CAP_SETPCAP",
    "CAP_LINUX_IMMUTABLE",
    "CAP_NET_BIND_SERVICE",
    "CAP_NET_BROADCAST",
    "CAP_NET_ADMIN",
    "CAP_NET_RAW",
    "CAP_IPC_LOCK",
    "CAP_IPC_OWNER",
    "CAP_SYS_MODULE",
    "CAP_SYS_RAWIO",
    "CAP_SYS_CHROOT",
    "CAP_SYS_PTRACE",
    "CAP_SYS_PACCT",
    "CAP_SYS_ADMIN",
    "CAP_SYS_BOOT",
    "CAP_SYS_NICE",
    "CAP_SYS_RESOURCE",
    "CAP_SYS_TIME",
    "CAP_SYS_TTY_CONFIG",
    "CAP_MKNOD",
    "CAP_LEASE",
    "CAP_AUDIT_WRITE",
    "CAP_AUDIT_CONTROL",
    "CAP_SETFCAP",
    "CAP_MAC_OVERRIDE",
    "CAP_MAC_ADMIN",
    "CAP_SYSLOG",
    "CAP_WAKE_ALARM",
    "CAP_BLOCK_SUSPEND",
    "CAP_AUDIT_READ",
    "CAP_PERFMON",
    "CAP_BPF",
    "CAP_CHECKPOINT_RESTORE",
];

/// These capabilities as the kernel's bits; words that are none have none.
pub fn bits<'a>(words: impl IntoIterator<Item = &'a str>) -> u64 {
    let number = |word: &str| ALL.iter().position(|known| *known == word);
    let numbers = words.into_iter().filter_map(number);
    numbers.fold(0, |bits, number| bits | 1 << number)
}

/// The capability of the lowest of these bits; of one that has no name here, its number.
pub fn lowest(bits: u64) -> String {
    let number = bits.trailing_zeros();
    let known = usize::try_from(number).ok().and_then(|at| ALL.get(at));
    known.map_or_else(|| format!("number {number}"), |name| (*name).to_owned())
}

/// These bits as words, without `CAP_` and joined by commas: `full` for all that this kernel has,
/// `none` for none.
pub fn words(bits: u64) -> String {
    if bits == 0 {
        return "none".into();
    }
    let known = (1_u64 << ALL.len()) - 1;
    if bits & known == known {
        return "full".into();
    }
    let held = ALL.iter().enumerate();
    let held = held.filter(|(number, _)| bits & (1 << number) != 0);
    let words: Vec<&str> = held
        .map(|(_, name)| name.trim_start_matches("CAP_"))
        .collect();
    words.join(",")
}

/// A word that is no capability.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown capability: \"{0}\"")]
pub struct UnknownCapability(pub String);

/// The capabilities a container gets, sorted.
///
/// # Errors
/// [`UnknownCapability`] for a word that is neither a capability nor `ALL`.
pub fn resolve(
    privileged: bool,
    add: &[String],
    drop: &[String],
) -> Result<Vec<String>, UnknownCapability> {
    let (add, drop) = (read(add)?, read(drop)?);
    let everything = |words: &[String]| words.iter().any(|word| word == "ALL");
    let mut base: Vec<String> = if privileged || everything(&add) {
        ALL.map(String::from).to_vec()
    } else if everything(&drop) {
        Vec::new()
    } else {
        DEFAULT.map(String::from).to_vec()
    };
    base.retain(|capability| !drop.contains(capability));
    base.extend(add.into_iter().filter(|word| word != "ALL"));
    base.sort_unstable();
    base.dedup();
    Ok(base)
}

fn read(words: &[String]) -> Result<Vec<String>, UnknownCapability> {
    let read = |word: &String| {
        let upper = word.to_ascii_uppercase();
        if upper == "ALL" {
            return Ok(upper);
        }
        let full = if upper.starts_with("CAP_") {
            upper
        } else {
            format!("CAP_{upper}")
        };
        if ALL.contains(&full.as_str()) {
            Ok(full)
        } else {
            Err(UnknownCapability(full))
        }
    };
    words.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_ascii_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn as_bits() {
        let two = bits(["CAP_CHOWN", "CAP_SYS_ADMIN", "CAP_FLY"]);
        assert_eq!(two, 1 | 1 << 21);
        assert_eq!(lowest(two & !1), "CAP_SYS_ADMIN");
        assert_eq!(lowest(1 << 63), "number 63");
        assert_eq!(super::words(two), "CHOWN,SYS_ADMIN");
        assert_eq!(
            (super::words(0).as_str(), super::words(u64::MAX).as_str()),
            ("none", "full")
        );
    }

    #[test]
    fn adding_and_dropping() {
        assert_eq!(
            resolve(false, &[], &[]),
            Ok(DEFAULT.map(String::from).to_vec())
        );
        assert_eq!(
            resolve(false, &words("net_admin"), &words("all")),
            Ok(words("CAP_NET_ADMIN"))
        );
        assert_eq!(resolve(true, &[], &[]).map(|all| all.len()), Ok(ALL.len()));
        let most = resolve(false, &words("ALL"), &words("CAP_SYS_ADMIN"));
        assert_eq!(most.map(|most| most.len()), Ok(ALL.len() - 1));
        let unknown = resolve(false, &words("FLY"), &[]);
        assert_eq!(unknown, Err(UnknownCapability("CAP_FLY".into())));
    }
}
