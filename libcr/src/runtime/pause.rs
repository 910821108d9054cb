//! The program of an infra container: it waits, reaps, and ends when it is told to.
//!
//! An infra container holds the namespaces of a pod and does nothing else, so its root file system
//! holds this alone: a static ELF program of one page, made here, without an image of any registry
//! or a package of the host (Podman mounts catatonit for the same). As the first process of a pid
//! namespace it must reap what its pod leaves (pid_namespaces(7)), and no signal ends it that it
//! doesn't take itself:
//!
//! ```c
//! sigset_t all = -1;
//! rt_sigprocmask(SIG_BLOCK, &all, NULL, 8);
//! for (;;) switch (rt_sigtimedwait(&all, NULL, NULL, 8)) {
//!     case SIGCHLD: while (wait4(-1, NULL, WNOHANG, NULL) > 0); break;
//!     case SIGTERM: case SIGINT: exit_group(0);
//! }
//! ```
//!
//! Format: ELF-64 (System V ABI, gABI chapters 4 and 5), one segment. The instructions are GNU as's.

use std::env::consts::ARCH;

/// Where the program is in the root file system of an infra container.
pub const PATH: &str = "/pause";

/// `EM_X86_64`, and the program for it.
const X86_64: u16 = 62;
#[rustfmt::skip]
const CODE_X86_64: &[u8] = &[
    0xb8, 0x0e, 0x00, 0x00, 0x00, // mov $0xe,%eax
    0x31, 0xff, // xor %edi,%edi
    0x48, 0x8d, 0x35, 0x5a, 0x00, 0x00, 0x00, // lea 0x5a(%rip),%rsi
    0x31, 0xd2, // xor %edx,%edx
    0x41, 0xba, 0x08, 0x00, 0x00, 0x00, // mov $0x8,%r10d
    0x0f, 0x05, // syscall
    0xb8, 0x80, 0x00, 0x00, 0x00, // mov $0x80,%eax
    0x48, 0x8d, 0x3d, 0x44, 0x00, 0x00, 0x00, // lea 0x44(%rip),%rdi
    0x31, 0xf6, // xor %esi,%esi
    0x31, 0xd2, // xor %edx,%edx
    0x41, 0xba, 0x08, 0x00, 0x00, 0x00, // mov $0x8,%r10d
    0x0f, 0x05, // syscall
    0x83, 0xf8, 0x11, // cmp $0x11,%eax
    0x74, 0x13, // je 48
    0x83, 0xf8, 0x0f, // cmp $0xf,%eax
    0x74, 0x05, // je 3f
    0x83, 0xf8, 0x02, // cmp $0x2,%eax
    0x75, 0xd9, // jne 18
    0xb8, 0xe7, 0x00, 0x00, 0x00, // mov $0xe7,%eax
    0x31, 0xff, // xor %edi,%edi
    0x0f, 0x05, // syscall
    0xb8, 0x3d, 0x00, 0x00, 0x00, // mov $0x3d,%eax
    0x48, 0xc7, 0xc7, 0xff, 0xff, 0xff, 0xff, // mov $0xffffffffffffffff,%rdi
    0x31, 0xf6, // xor %esi,%esi
    0xba, 0x01, 0x00, 0x00, 0x00, // mov $0x1,%edx
    0x45, 0x31, 0xd2, // xor %r10d,%r10d
    0x0f, 0x05, // syscall
    0x85, 0xc0, // test %eax,%eax
    0x7f, 0xe4, // jg 48
    0xeb, 0xb2, // jmp 18
    0x66, 0x90, // data: the mask, aligned
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
];

/// `EM_AARCH64`, and the program for it.
const AARCH64: u16 = 183;
#[rustfmt::skip]
const CODE_AARCH64: &[u32] = &[
    0xd280_10e8, // mov x8, #0x87
    0xd280_0000, // mov x0, #0x0
    0x1000_0381, // adr x1, 78
    0xd280_0002, // mov x2, #0x0
    0xd280_0103, // mov x3, #0x8
    0xd400_0001, // svc #0x0
    0xd280_1128, // mov x8, #0x89
    0x1000_02e0, // adr x0, 78
    0xd280_0001, // mov x1, #0x0
    0xd280_0002, // mov x2, #0x0
    0xd280_0103, // mov x3, #0x8
    0xd400_0001, // svc #0x0
    0x7100_441f, // cmp w0, #0x11
    0x5400_0100, // b.eq 54
    0x7100_3c1f, // cmp w0, #0xf
    0x5400_0060, // b.eq 48
    0x7100_081f, // cmp w0, #0x2
    0x54ff_fea1, // b.ne 18
    0xd280_0bc8, // mov x8, #0x5e
    0xd280_0000, // mov x0, #0x0
    0xd400_0001, // svc #0x0
    0xd280_2088, // mov x8, #0x104
    0x9280_0000, // mov x0, #0xffffffffffffffff
    0xd280_0001, // mov x1, #0x0
    0xd280_0022, // mov x2, #0x1
    0xd280_0003, // mov x3, #0x0
    0xd400_0001, // svc #0x0
    0x7100_001f, // cmp w0, #0x0
    0x54ff_ff2c, // b.gt 54
    0x17ff_ffe9, // b 18
    0xffff_ffff, 0xffff_ffff, // the mask
];

/// The program for this host's processor; none for one that it was not written for.
pub fn program() -> Option<Vec<u8>> {
    for_processor(ARCH)
}

fn for_processor(name: &str) -> Option<Vec<u8>> {
    match name {
        "x86_64" => Some(elf(X86_64, CODE_X86_64)),
        "aarch64" => {
            let code = CODE_AARCH64.iter().flat_map(|word| word.to_le_bytes());
            Some(elf(AARCH64, &code.collect::<Vec<u8>>()))
        }
        _ => None,
    }
}

/// A program of one segment, which is the whole file, readable and executable.
fn elf(machine: u16, code: &[u8]) -> Vec<u8> {
    /// Sizes of the ELF header and of one program header.
    const HEADERS: [u16; 2] = [64, 56];
    const BASE: u64 = 0x40_0000;
    let start = HEADERS.iter().map(|size| u64::from(*size)).sum::<u64>();
    let size = start + code.len() as u64;
    // ELFCLASS64, ELFDATA2LSB, EV_CURRENT.
    let mut file = b"\x7fELF\x02\x01\x01".to_vec();
    file.resize(16, 0);
    let mut half = |number: u16| file.extend(number.to_le_bytes());
    half(2); // ET_EXEC
    half(machine);
    file.extend(1_u32.to_le_bytes());
    file.extend((BASE + start).to_le_bytes());
    file.extend(u64::from(HEADERS[0]).to_le_bytes());
    file.extend(0_u64.to_le_bytes()); // no sections
    file.extend(0_u32.to_le_bytes());
    for number in [HEADERS[0], HEADERS[1], 1, 0, 0, 0] {
        file.extend(number.to_le_bytes());
    }
    file.extend(1_u32.to_le_bytes()); // PT_LOAD
    file.extend(5_u32.to_le_bytes()); // PF_R, PF_X
    for number in [0, BASE, BASE, size, size, 0x1_0000] {
        file.extend(number.to_le_bytes());
    }
    file.extend(code);
    file
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::ExitStatusExt;
    use std::process::{Child, Command};
    use std::time::Duration;

    use super::*;

    fn started(directory: &std::path::Path) -> std::io::Result<Child> {
        let path = directory.join("pause");
        std::fs::write(&path, program().unwrap_or_default())?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755))?;
        Command::new(path).spawn()
    }

    #[test]
    fn it_waits_and_ends_when_told() -> std::io::Result<()> {
        let made = tempfile::tempdir()?;
        for (number, code) in [(15, Some(0)), (2, Some(0)), (9, None)] {
            let mut child = started(made.path())?;
            std::thread::sleep(Duration::from_millis(100));
            // What it doesn't take does nothing to it.
            for other in [1, 10, 17] {
                crate::sys::proc::signal(i32::try_from(child.id()).unwrap_or(0), other)?;
            }
            std::thread::sleep(Duration::from_millis(50));
            assert!(child.try_wait()?.is_none());
            crate::sys::proc::signal(i32::try_from(child.id()).unwrap_or(0), number)?;
            let status = child.wait()?;
            assert_eq!(status.code(), code);
            assert_eq!(status.signal(), code.is_none().then_some(9));
        }
        Ok(())
    }

    #[test]
    fn a_program_of_one_page_for_each_processor() {
        for (name, machine) in [("x86_64", 62), ("aarch64", 183)] {
            let file = for_processor(name).unwrap_or_default();
            assert!(file.starts_with(b"\x7fELF") && file.len() < 4096, "{name}");
            assert_eq!(file[18], machine, "{name}");
        }
        assert_eq!(for_processor("m68k"), None);
    }
}
