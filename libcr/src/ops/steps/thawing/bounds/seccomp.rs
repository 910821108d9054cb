//! Filters of system calls: a process has one where its container has, and it lets nothing through
//! that the container's profile refuses whatever its arguments are.
//!
//! Profiles of other engines and times differ in what they allow; what is compared are the calls by
//! which a process would change the host, which all of them refuse.

use serde_json::Value;

use super::{CAPABILITIES, Limits, Origin};
use crate::criu::contents::demands::{Demands, Filter, ThreadCore, filter};

/// `SECCOMP_MODE_FILTER` and `SECCOMP_MODE_STRICT`, which lets through less than any.
const FILTERED: u32 = 2;
const STRICT: u32 = 1;
/// `AUDIT_ARCH_X86_64`, `AUDIT_ARCH_I386`, `AUDIT_ARCH_AARCH64` of Linux `audit.h`.
const X86_64: u32 = 0xc000_003e;
const I386: u32 = 0x4000_0003;
const AARCH64: u32 = 0xc000_00b7;
/// The bit of calls of the x32 interface.
const X32: u32 = 0x4000_0000;

/// System calls by which a process reaches beyond its container: name, and numbers for `x86_64`, for
/// `aarch64` and for i386; `NONE`: there is none. Linux `syscall_64.tbl`, `syscall_32.tbl`,
/// `asm-generic/unistd.h`.
const GUARDED: [(&str, [u32; 3]); 34] = [
    ("acct", [163, 89, 51]),
    ("bpf", [321, 280, 357]),
    ("clock_settime", [227, 112, 264]),
    ("delete_module", [176, 106, 129]),
    ("fanotify_init", [300, 262, 338]),
    ("finit_module", [313, 273, 350]),
    ("fsconfig", [431, 431, 431]),
    ("fsmount", [432, 432, 432]),
    ("fsopen", [430, 430, 430]),
    ("init_module", [175, 105, 128]),
    ("ioperm", [173, NONE, 101]),
    ("iopl", [172, NONE, 110]),
    ("kexec_file_load", [320, 294, NONE]),
    ("kexec_load", [246, 104, 283]),
    ("lookup_dcookie", [212, 18, 253]),
    ("mount", [165, 40, 21]),
    ("mount_setattr", [442, 442, 442]),
    ("move_mount", [429, 429, 429]),
    ("open_by_handle_at", [304, 265, 342]),
    ("open_tree", [428, 428, 428]),
    ("perf_event_open", [298, 241, 336]),
    ("pivot_root", [155, 41, 217]),
    ("quotactl", [179, 60, 131]),
    ("reboot", [169, 142, 88]),
    ("setdomainname", [171, 162, 121]),
    ("sethostname", [170, 161, 74]),
    ("setns", [308, 268, 346]),
    ("settimeofday", [164, 170, 79]),
    ("swapoff", [168, 225, 115]),
    ("swapon", [167, 224, 87]),
    ("syslog", [103, 116, 103]),
    ("umount2", [166, 39, 52]),
    ("unshare", [272, 97, 310]),
    ("userfaultfd", [323, 282, 374]),
];
const NONE: u32 = u32::MAX;

/// A call by its name, the architecture that makes it, and its number there.
type Call = (&'static str, u32, u32);

pub(super) fn check(demands: &Demands, limits: &mut Limits<'_>) {
    let profile = &limits.spec["linux"]["seccomp"];
    // The profile of this host may be newer than its own dump, or have come after it.
    if !profile.is_object() || limits.origin == Origin::Host {
        return;
    }
    let refused = refused(profile);
    // Threads share filters: each newest one is judged once.
    let mut judged: Vec<(u32, Option<&'static str>)> = Vec::new();
    for thread in demands.tasks.iter().flat_map(|task| &task.threads) {
        let image = format!("core-{}.img", thread.id);
        let id = thread.id;
        let newest = match &thread.core {
            Some(ThreadCore {
                seccomp: STRICT, ..
            }) => continue,
            Some(ThreadCore {
                seccomp: FILTERED,
                filter,
                ..
            }) => *filter,
            _ => None,
        };
        let Some(newest) = newest else {
            let what = format!("process {id} has no seccomp filter, its container has one");
            limits.excess(image, what, CAPABILITIES);
            continue;
        };
        let known = judged.iter().find(|(number, _)| *number == newest);
        let passes = if let Some((_, passes)) = known {
            *passes
        } else {
            let passes = match chain(&demands.filters, newest) {
                None => Some("anything"),
                Some(programs) => passing(&programs, &refused),
            };
            judged.push((newest, passes));
            passes
        };
        if let Some(call) = passes {
            let what = format!(
                "the seccomp filter of process {id} lets {call} through, its container's profile does not"
            );
            limits.excess("seccomp.img", what, CAPABILITIES);
        }
    }
}

/// A filter and those before it, all of which hold; nothing where one is missing.
fn chain(filters: &[Filter], newest: u32) -> Option<Vec<&[u8]>> {
    let mut programs = Vec::new();
    let mut next = Some(newest);
    while let Some(number) = next {
        let filter = filters.get(usize::try_from(number).ok()?)?;
        // Each is older than what builds upon it, so there are no more than there are filters.
        if programs.len() > filters.len() {
            return None;
        }
        programs.push(filter.program.as_slice());
        next = filter.previous;
    }
    Some(programs)
}

/// The first of these calls that none of the programs stops.
fn passing(programs: &[&[u8]], refused: &[Call]) -> Option<&'static str> {
    let passes = |&&(_, arch, number): &&Call| {
        let mut programs = programs.iter();
        programs.all(|program| filter::may_pass(program, arch, number))
    };
    refused.iter().find(passes).map(|(name, ..)| *name)
}

/// Those of the guarded calls that a profile refuses whatever their arguments are.
fn refused(profile: &Value) -> Vec<Call> {
    let passes = |action: &Value| {
        let action = action.as_str().unwrap_or_default();
        ["ALLOW", "LOG", "TRACE", "NOTIFY"]
            .iter()
            .any(|word| action.strip_prefix("SCMP_ACT_") == Some(word))
    };
    let rules: Vec<&Value> = profile["syscalls"]
        .as_array()
        .into_iter()
        .flatten()
        .collect();
    let mut calls = Vec::new();
    for (name, [x86, arm, old]) in GUARDED {
        let mut own = rules.iter().filter(|rule| {
            let names = rule["names"].as_array();
            names.is_some_and(|names| names.iter().any(|one| one == name))
        });
        let mut named = own.clone();
        let always = named.any(|rule| {
            !passes(&rule["action"]) && rule["args"].as_array().is_none_or(Vec::is_empty)
        });
        if own.any(|rule| passes(&rule["action"])) || (passes(&profile["defaultAction"]) && !always)
        {
            continue;
        }
        let native = match std::env::consts::ARCH {
            "aarch64" => vec![(AARCH64, arm)],
            _ => vec![(X86_64, x86), (X86_64, x86 | X32), (I386, old)],
        };
        let real = native.into_iter().filter(|(_, number)| *number != NONE);
        calls.extend(real.map(|(arch, number)| (name, arch, number)));
    }
    calls
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_profile_refuses() {
        let names = |profile: Value| {
            let mut names: Vec<&str> = refused(&profile).into_iter().map(|call| call.0).collect();
            names.dedup();
            names
        };
        let strict = json!({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
            {"names": ["mount", "read"], "action": "SCMP_ACT_ALLOW"},
            {"names": ["unshare"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0}]},
            {"names": ["bpf"], "action": "SCMP_ACT_ERRNO"},
        ]});
        let found = names(strict);
        assert_eq!(found.len(), GUARDED.len() - 2);
        assert!(!found.contains(&"mount") && !found.contains(&"unshare"));
        let open = json!({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
            {"names": ["bpf"], "action": "SCMP_ACT_ERRNO"},
            {"names": ["reboot"], "action": "SCMP_ACT_ERRNO", "args": [{"index": 0}]},
        ]});
        assert_eq!(names(open), ["bpf"]);
    }

    #[test]
    fn a_chain_is_as_strict_as_its_strictest() {
        let filter = |action: u32, previous: Option<u32>| Filter {
            program: [&6_u16.to_le_bytes()[..], &[0, 0], &action.to_le_bytes()[..]].concat(),
            previous,
        };
        let (allow, errno) = (0x7fff_0000, 0x0005_0001);
        let calls: [Call; 1] = [("mount", X86_64, 165)];
        let passes = |filters: &[Filter]| passing(&chain(filters, 0).unwrap(), &calls);
        assert_eq!(passes(&[filter(allow, None)]), Some("mount"));
        assert_eq!(passes(&[filter(allow, Some(1)), filter(errno, None)]), None);
        assert_eq!(chain(&[filter(allow, Some(0))], 0), None);
        assert_eq!(chain(&[filter(allow, None)], 1), None);
    }
}
