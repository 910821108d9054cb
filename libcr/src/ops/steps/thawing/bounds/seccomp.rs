//! Filters of system calls: a process has one where its container has, and it lets nothing through
//! that the container's profile refuses whatever its arguments are.
//!
//! Profiles of other engines and times differ in what they allow; what is compared are the calls by
//! which a process would change the host, which all of them refuse.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{CAPABILITIES, Limits, Origin};
use crate::criu::contents::demands::{Demands, Filter, Thread, filter};

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
    // Each process may have its own copy of the same program: each is followed once.
    let mut judged = BTreeMap::new();
    let threads = demands.tasks.iter().flat_map(|task| {
        // A filter may be for all threads of its process; then CRIU writes it for the first alone.
        let first = task.threads.first().and_then(own_filter);
        task.threads.iter().map(move |thread| (thread, first))
    });
    for (thread, first) in threads {
        let image = format!("core-{}.img", thread.id);
        let id = thread.id;
        if thread
            .core
            .as_ref()
            .is_some_and(|core| core.seccomp == STRICT)
        {
            continue;
        }
        let own = own_filter(thread);
        let shared = first.filter(|number| own.is_none() && is_shared(&demands.filters, *number));
        let Some(newest) = own.or(shared) else {
            let what = format!("process {id} has no seccomp filter, its container has one");
            limits.excess(image, what, CAPABILITIES);
            continue;
        };
        let passes = match chain(&demands.filters, newest) {
            None => Some("anything"),
            Some(programs) => passing(&programs, &refused, &mut judged),
        };
        if let Some(call) = passes {
            let what = format!(
                "the seccomp filter of process {id} lets {call} through, its container's profile does not"
            );
            limits.excess("seccomp.img", what, CAPABILITIES);
        }
    }
}

/// The newest filter of a thread.
fn own_filter(thread: &Thread) -> Option<u32> {
    let core = thread.core.as_ref();
    core.filter(|core| core.seccomp == FILTERED)?.filter
}

/// Whether a filter and all before it are set for every thread of a process.
fn is_shared(filters: &[Filter], newest: u32) -> bool {
    /// `SECCOMP_FILTER_FLAG_TSYNC`.
    const ALL_THREADS: u32 = 1;
    let mut next = Some(newest);
    for _ in 0..=filters.len() {
        let Some(number) = next else { return true };
        let filter = usize::try_from(number).ok().and_then(|at| filters.get(at));
        match filter {
            Some(filter) if filter.flags & ALL_THREADS != 0 => next = filter.previous,
            _ => return false,
        }
    }
    false
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

/// Which of the refused calls a program lets through.
type Judged<'a> = BTreeMap<&'a [u8], Vec<bool>>;

/// The first of these calls that none of the programs stops.
fn passing<'a>(
    programs: &[&'a [u8]],
    refused: &[Call],
    judged: &mut Judged<'a>,
) -> Option<&'static str> {
    let mut left = vec![true; refused.len()];
    for program in programs {
        let passes = judged.entry(program).or_insert_with(|| {
            let calls = refused.iter();
            calls
                .map(|&(_, arch, number)| filter::may_pass(program, arch, number))
                .collect()
        });
        for (left, passes) in left.iter_mut().zip(passes) {
            *left &= *passes;
        }
    }
    let first = left.iter().position(|left| *left)?;
    refused.get(first).map(|(name, ..)| *name)
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
            flags: 1,
        };
        assert!(!is_shared(&[filter(0, Some(0))], 0) && is_shared(&[filter(0, None)], 0));
        let (allow, errno) = (0x7fff_0000, 0x0005_0001);
        let calls: [Call; 1] = [("mount", X86_64, 165)];
        let passes =
            |filters: &[Filter]| passing(&chain(filters, 0).unwrap(), &calls, &mut Judged::new());
        assert_eq!(passes(&[filter(allow, None)]), Some("mount"));
        assert_eq!(passes(&[filter(allow, Some(1)), filter(errno, None)]), None);
        assert_eq!(chain(&[filter(allow, Some(0))], 0), None);
        assert_eq!(chain(&[filter(allow, None)], 1), None);
    }
}
