//! The C library's calls that have no equal in Rust's standard library, each behind a safe function.
//! The only file of the workload with unsafe code: the workload is compiled by rustc alone, without
//! crates, so that it is one static file that needs no registry. Errors are errno's.

use std::ffi::{CStr, CString, c_char, c_int, c_long, c_uint, c_void};
use std::io::{Error, Result};
use std::mem::size_of;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

pub const SIGUSR1: c_int = 10;
pub const SIGALRM: c_int = 14;
pub const SIGSTOP: c_int = 19;
/// The first real-time signal that glibc leaves to programs.
pub const SIGRT: c_int = 34;
pub const CLOCK_REALTIME: c_int = 0;
pub const CLOCK_MONOTONIC: c_int = 1;
pub const CLOCK_BOOTTIME: c_int = 7;
pub const NONBLOCK: c_int = 0o4000;
pub const EPOLLIN: u32 = 1;
pub const EPOLLET: u32 = 1 << 31;
pub const IN_CREATE: u32 = 0x100;
pub const IN_DELETE: u32 = 0x200;
pub const F_SEAL_SHRINK: c_int = 2;
pub const F_SEAL_GROW: c_int = 4;
const F_SETLK: c_int = 6;
const F_OFD_SETLK: c_int = 37;
const F_ADD_SEALS: c_int = 1033;
const F_GET_SEALS: c_int = 1034;

#[repr(C)]
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
struct TimeSpec {
    seconds: c_long,
    nanoseconds: c_long,
}

#[repr(C)]
#[derive(Clone, Copy, Default)]
struct TimerSpec {
    interval: TimeSpec,
    value: TimeSpec,
}

/// Packed on x86_64 only, as in <sys/epoll.h>.
#[cfg_attr(target_arch = "x86_64", repr(C, packed))]
#[cfg_attr(not(target_arch = "x86_64"), repr(C))]
#[derive(Clone, Copy, Default)]
struct EpollEvent {
    events: u32,
    data: u64,
}

#[repr(C)]
struct FileLock {
    kind: i16,
    whence: i16,
    start: i64,
    length: i64,
    pid: i32,
}

/// struct sigevent: 64 bytes, of which the first fields matter here.
#[repr(C)]
struct SignalEvent {
    value: usize,
    signal: c_int,
    notify: c_int,
    rest: [u64; 6],
}

/// struct msghdr of 64-bit Linux.
#[repr(C)]
struct MessageHeader {
    name: *mut c_void,
    name_length: c_uint,
    parts: *mut Part,
    part_count: usize,
    control: *mut c_void,
    control_length: usize,
    flags: c_int,
}

/// struct iovec.
#[repr(C)]
struct Part {
    base: *mut c_void,
    length: usize,
}

/// struct cmsghdr with one descriptor behind it.
#[repr(C)]
#[derive(Default)]
struct PassedDescriptor {
    length: usize,
    level: c_int,
    kind: c_int,
    fd: c_int,
    padding: c_int,
}

type SignalSet = [u64; 16];

unsafe extern "C" {
    fn eventfd(initial: c_uint, flags: c_int) -> c_int;
    fn epoll_create1(flags: c_int) -> c_int;
    fn epoll_ctl(epoll: c_int, operation: c_int, fd: c_int, event: *mut EpollEvent) -> c_int;
    fn epoll_wait(epoll: c_int, events: *mut EpollEvent, most: c_int, timeout: c_int) -> c_int;
    fn timerfd_create(clock: c_int, flags: c_int) -> c_int;
    fn timerfd_settime(
        fd: c_int,
        flags: c_int,
        new: *const TimerSpec,
        old: *mut TimerSpec,
    ) -> c_int;
    fn timerfd_gettime(fd: c_int, now: *mut TimerSpec) -> c_int;
    fn signalfd(fd: c_int, mask: *const SignalSet, flags: c_int) -> c_int;
    fn pthread_sigmask(how: c_int, set: *const SignalSet, old: *mut SignalSet) -> c_int;
    fn sigemptyset(set: *mut SignalSet) -> c_int;
    fn sigaddset(set: *mut SignalSet, signal: c_int) -> c_int;
    fn sigtimedwait(set: *const SignalSet, info: *mut [u32; 32], limit: *const TimeSpec) -> c_int;
    fn sigqueue(pid: c_int, signal: c_int, value: usize) -> c_int;
    fn kill(pid: c_int, signal: c_int) -> c_int;
    fn inotify_init1(flags: c_int) -> c_int;
    fn inotify_add_watch(fd: c_int, path: *const c_char, mask: u32) -> c_int;
    fn inotify_rm_watch(fd: c_int, watch: c_int) -> c_int;
    fn memfd_create(name: *const c_char, flags: c_uint) -> c_int;
    fn shmget(key: c_int, size: usize, flags: c_int) -> c_int;
    fn shmat(id: c_int, address: *const c_void, flags: c_int) -> *mut c_void;
    fn semget(key: c_int, count: c_int, flags: c_int) -> c_int;
    fn semctl(id: c_int, number: c_int, command: c_int, ...) -> c_int;
    fn msgget(key: c_int, flags: c_int) -> c_int;
    fn msgsnd(id: c_int, message: *const c_void, size: usize, flags: c_int) -> c_int;
    fn msgrcv(id: c_int, message: *mut c_void, size: usize, kind: c_long, flags: c_int) -> isize;
    fn mmap(
        at: *mut c_void,
        size: usize,
        access: c_int,
        flags: c_int,
        fd: c_int,
        from: i64,
    ) -> *mut c_void;
    fn fcntl(fd: c_int, command: c_int, ...) -> c_int;
    fn flock(fd: c_int, operation: c_int) -> c_int;
    fn setitimer(which: c_int, new: *const TimerSpec, old: *mut TimerSpec) -> c_int;
    fn getitimer(which: c_int, now: *mut TimerSpec) -> c_int;
    fn timer_create(clock: c_int, event: *mut SignalEvent, id: *mut usize) -> c_int;
    fn timer_settime(id: usize, flags: c_int, new: *const TimerSpec, old: *mut TimerSpec) -> c_int;
    fn timer_gettime(id: usize, now: *mut TimerSpec) -> c_int;
    fn umask(mask: c_uint) -> c_uint;
    fn nice(more: c_int) -> c_int;
    fn setsid() -> c_int;
    fn gettid() -> c_int;
    fn mknod(path: *const c_char, mode: c_uint, device: u64) -> c_int;
    fn lsetxattr(
        path: *const c_char,
        name: *const c_char,
        value: *const c_void,
        size: usize,
        flags: c_int,
    ) -> c_int;
    fn lgetxattr(
        path: *const c_char,
        name: *const c_char,
        value: *mut c_void,
        size: usize,
    ) -> isize;
    fn llistxattr(path: *const c_char, names: *mut c_char, size: usize) -> isize;
    fn mq_open(name: *const c_char, flags: c_int, ...) -> c_int;
    fn syscall(number: c_long, ...) -> c_long;
    fn ptrace(request: c_int, ...) -> c_long;
    fn socket(family: c_int, kind: c_int, protocol: c_int) -> c_int;
    fn setsockopt(fd: c_int, level: c_int, name: c_int, value: *const c_int, size: c_uint)
    -> c_int;
    fn recvmsg(fd: c_int, message: *mut MessageHeader, flags: c_int) -> isize;
    fn unshare(flags: c_int) -> c_int;
    fn mount(
        source: *const c_char,
        target: *const c_char,
        kind: *const c_char,
        flags: u64,
        data: *const c_char,
    ) -> c_int;
    fn prctl(option: c_int, ...) -> c_int;
    fn ioctl(fd: c_int, request: u64, ...) -> c_int;
}

fn checked(result: c_int) -> Result<c_int> {
    if result < 0 {
        Err(Error::last_os_error())
    } else {
        Ok(result)
    }
}

fn owned(result: c_int) -> Result<OwnedFd> {
    // SAFETY: a descriptor that the kernel has just given to this process alone.
    checked(result).map(|fd| unsafe { OwnedFd::from_raw_fd(fd) })
}

fn text(path: &Path) -> Result<CString> {
    Ok(CString::new(path.as_os_str().as_bytes())?)
}

impl From<Duration> for TimeSpec {
    fn from(time: Duration) -> Self {
        Self {
            seconds: c_long::try_from(time.as_secs()).unwrap_or(c_long::MAX),
            nanoseconds: c_long::from(time.subsec_nanos()),
        }
    }
}

impl TimeSpec {
    fn duration(self, unit: u32) -> Duration {
        let part = u32::try_from(self.nanoseconds).unwrap_or(0) * unit;
        Duration::new(u64::try_from(self.seconds).unwrap_or(0), part)
    }
}

fn spec(value: Duration, interval: Duration) -> TimerSpec {
    TimerSpec {
        interval: interval.into(),
        value: value.into(),
    }
}

// SAFETY of all blocks below: every pointer is to a live local of the type that the call wants, or
// to memory whose size is passed along; descriptors are borrowed for the time of the call.

pub fn event(initial: u32) -> Result<OwnedFd> {
    owned(unsafe { eventfd(initial, NONBLOCK) })
}

pub fn epoll() -> Result<OwnedFd> {
    owned(unsafe { epoll_create1(0) })
}

pub fn epoll_add(epoll: &OwnedFd, fd: &impl AsRawFd, events: u32, data: u64) -> Result<()> {
    let mut event = EpollEvent { events, data };
    checked(unsafe { epoll_ctl(epoll.as_raw_fd(), 1, fd.as_raw_fd(), &raw mut event) }).map(drop)
}

/// The data of what is ready within the limit, sorted.
pub fn epoll_ready(epoll: &OwnedFd, limit: Duration) -> Result<Vec<u64>> {
    let mut events = [EpollEvent::default(); 8];
    let limit = c_int::try_from(limit.as_millis()).unwrap_or(c_int::MAX);
    let count = checked(unsafe { epoll_wait(epoll.as_raw_fd(), events.as_mut_ptr(), 8, limit) })?;
    let mut data: Vec<u64> = events
        .iter()
        .take(count as usize)
        .map(|event| event.data)
        .collect();
    data.sort_unstable();
    Ok(data)
}

pub fn timer(clock: c_int, value: Duration, interval: Duration) -> Result<OwnedFd> {
    let fd = owned(unsafe { timerfd_create(clock, 0) })?;
    let new = spec(value, interval);
    checked(unsafe { timerfd_settime(fd.as_raw_fd(), 0, &raw const new, ptr::null_mut()) })?;
    Ok(fd)
}

/// What remains, and the interval.
pub fn timer_left(fd: &OwnedFd) -> Result<(Duration, Duration)> {
    let mut now = TimerSpec::default();
    checked(unsafe { timerfd_gettime(fd.as_raw_fd(), &raw mut now) })?;
    Ok((now.value.duration(1), now.interval.duration(1)))
}

fn set_of(signals: &[c_int]) -> SignalSet {
    let mut set: SignalSet = [0; 16];
    unsafe { sigemptyset(&raw mut set) };
    for signal in signals {
        unsafe { sigaddset(&raw mut set, *signal) };
    }
    set
}

pub fn block(signals: &[c_int]) -> Result<()> {
    let set = set_of(signals);
    checked(unsafe { pthread_sigmask(0, &raw const set, ptr::null_mut()) }).map(drop)
}

pub fn signal_descriptor(signals: &[c_int]) -> Result<OwnedFd> {
    let set = set_of(signals);
    owned(unsafe { signalfd(-1, &raw const set, NONBLOCK) })
}

/// Sends a signal with a value to a process.
pub fn queue(pid: u32, signal: c_int, value: usize) -> Result<()> {
    checked(unsafe { sigqueue(pid as c_int, signal, value) }).map(drop)
}

pub fn signal(pid: u32, number: c_int) -> Result<()> {
    checked(unsafe { kill(pid as c_int, number) }).map(drop)
}

/// Takes the next pending signal of these: its number and its value.
pub fn take(signals: &[c_int], limit: Duration) -> Result<(c_int, u32)> {
    let set = set_of(signals);
    let limit = TimeSpec::from(limit);
    let mut info = [0_u32; 32];
    let number = checked(unsafe { sigtimedwait(&raw const set, &raw mut info, &raw const limit) })?;
    // siginfo_t: three ints, padding, pid and uid, then si_value at byte 24.
    Ok((number, info[6]))
}

pub fn inotify() -> Result<OwnedFd> {
    owned(unsafe { inotify_init1(NONBLOCK) })
}

pub fn watch(fd: &OwnedFd, path: &Path, mask: u32) -> Result<c_int> {
    let path = text(path)?;
    checked(unsafe { inotify_add_watch(fd.as_raw_fd(), path.as_ptr(), mask) })
}

pub fn unwatch(fd: &OwnedFd, watch: c_int) -> Result<()> {
    checked(unsafe { inotify_rm_watch(fd.as_raw_fd(), watch) }).map(drop)
}

/// An anonymous file that may be sealed.
pub fn memory_file(name: &CStr) -> Result<OwnedFd> {
    owned(unsafe { memfd_create(name.as_ptr(), 2) })
}

pub fn add_seals(fd: &impl AsRawFd, seals: c_int) -> Result<()> {
    checked(unsafe { fcntl(fd.as_raw_fd(), F_ADD_SEALS, seals) }).map(drop)
}

pub fn seals(fd: &impl AsRawFd) -> Result<c_int> {
    checked(unsafe { fcntl(fd.as_raw_fd(), F_GET_SEALS) })
}

/// Memory shared with other processes, as counters that any of them may touch at any time.
pub type Shared = &'static [AtomicU64];

fn shared(address: *mut c_void, bytes: usize) -> Result<Shared> {
    if address.addr() == usize::MAX {
        return Err(Error::last_os_error());
    }
    // SAFETY: mapped for `bytes`, page aligned, never unmapped; atomics may be shared by processes.
    Ok(unsafe { std::slice::from_raw_parts(address.cast(), bytes / size_of::<AtomicU64>()) })
}

pub fn shm_make(bytes: usize) -> Result<c_int> {
    checked(unsafe { shmget(0x1234, bytes, 0o1000 | 0o600) })
}

pub fn shm_attach(id: c_int, bytes: usize) -> Result<Shared> {
    shared(unsafe { shmat(id, ptr::null(), 0) }, bytes)
}

/// Maps a file shared, or anonymous memory without one.
pub fn map(file: Option<&dyn AsRawFd>, bytes: usize) -> Result<Shared> {
    let fd = file.map_or(-1, |file| file.as_raw_fd());
    let flags = if fd < 0 { 0x21 } else { 0x01 };
    shared(
        unsafe { mmap(ptr::null_mut(), bytes, 3, flags, fd, 0) },
        bytes,
    )
}

/// Makes a set of one semaphore with a value.
pub fn semaphore(value: c_int) -> Result<c_int> {
    let id = checked(unsafe { semget(0x2345, 1, 0o1000 | 0o600) })?;
    checked(unsafe { semctl(id, 0, 16, value) })?;
    Ok(id)
}

pub fn semaphore_value(id: c_int) -> Result<c_int> {
    checked(unsafe { semctl(id, 0, 12) })
}

/// Makes a message queue with one message of type 7.
pub fn message_queue(words: [u8; 8]) -> Result<c_int> {
    let id = checked(unsafe { msgget(0x3456, 0o1000 | 0o600) })?;
    let message: (c_long, [u8; 8]) = (7, words);
    checked(unsafe { msgsnd(id, (&raw const message).cast(), 8, 0) })?;
    Ok(id)
}

pub fn message(id: c_int) -> Result<[u8; 8]> {
    let mut message: (c_long, [u8; 8]) = (0, [0; 8]);
    let size = unsafe { msgrcv(id, (&raw mut message).cast(), 8, 7, 0o4000) };
    if size < 0 {
        Err(Error::last_os_error())
    } else {
        Ok(message.1)
    }
}

/// The three kinds of advisory locks on a whole file, exclusive, at once or not at all.
#[derive(Clone, Copy, Debug)]
pub enum Lock {
    /// flock(2)
    Whole,
    /// fcntl(2), owned by the process
    Posix,
    /// fcntl(2), owned by the open file
    OpenFile,
}

pub fn lock(fd: &impl AsRawFd, kind: Lock) -> Result<()> {
    let region = FileLock {
        kind: 1,
        whence: 0,
        start: 0,
        length: 0,
        pid: 0,
    };
    let fd = fd.as_raw_fd();
    checked(match kind {
        Lock::Whole => unsafe { flock(fd, 2 | 4) },
        Lock::Posix => unsafe { fcntl(fd, F_SETLK, &raw const region) },
        Lock::OpenFile => unsafe { fcntl(fd, F_OFD_SETLK, &raw const region) },
    })
    .map(drop)
}

/// Starts ITIMER_REAL, which sends SIGALRM.
pub fn alarm(value: Duration, interval: Duration) -> Result<()> {
    // struct itimerval has microseconds where itimerspec has nanoseconds.
    let mut new = spec(value, interval);
    new.value.nanoseconds /= 1000;
    new.interval.nanoseconds /= 1000;
    checked(unsafe { setitimer(0, &raw const new, ptr::null_mut()) }).map(drop)
}

pub fn alarm_left() -> Result<(Duration, Duration)> {
    let mut now = TimerSpec::default();
    checked(unsafe { getitimer(0, &raw mut now) })?;
    Ok((now.value.duration(1000), now.interval.duration(1000)))
}

/// A POSIX timer that sends the signal with the value.
pub fn posix_timer(
    signal: c_int,
    value: usize,
    first: Duration,
    interval: Duration,
) -> Result<usize> {
    let mut event = SignalEvent {
        value,
        signal,
        notify: 0,
        rest: [0; 6],
    };
    let mut id = 0_usize;
    checked(unsafe { timer_create(CLOCK_MONOTONIC, &raw mut event, &raw mut id) })?;
    let new = spec(first, interval);
    checked(unsafe { timer_settime(id, 0, &raw const new, ptr::null_mut()) })?;
    Ok(id)
}

pub fn posix_timer_left(id: usize) -> Result<(Duration, Duration)> {
    let mut now = TimerSpec::default();
    checked(unsafe { timer_gettime(id, &raw mut now) })?;
    Ok((now.value.duration(1), now.interval.duration(1)))
}

pub fn set_umask(mask: u32) {
    unsafe { umask(mask) };
}

pub fn be_nice(more: i32) {
    unsafe { nice(more) };
}

pub fn new_session() -> Result<()> {
    checked(unsafe { setsid() }).map(drop)
}

pub fn thread_id() -> i32 {
    unsafe { gettid() }
}

/// Makes a fifo, a socket's name or a device node: `mode` has the type.
pub fn make_node(path: &Path, mode: u32, device: u64) -> Result<()> {
    let path = text(path)?;
    checked(unsafe { mknod(path.as_ptr(), mode, device) }).map(drop)
}

pub fn set_attribute(path: &Path, name: &CStr, value: &[u8]) -> Result<()> {
    let path = text(path)?;
    checked(unsafe {
        lsetxattr(
            path.as_ptr(),
            name.as_ptr(),
            value.as_ptr().cast(),
            value.len(),
            0,
        )
    })
    .map(drop)
}

/// All extended attributes of a path itself, sorted.
pub fn attributes(path: &Path) -> Result<Vec<(CString, Vec<u8>)>> {
    let path = text(path)?;
    let mut names = vec![0_u8; 65536];
    let length = unsafe { llistxattr(path.as_ptr(), names.as_mut_ptr().cast(), names.len()) };
    let length = usize::try_from(length).map_err(|_| Error::last_os_error())?;
    let mut found = Vec::new();
    for name in names[..length]
        .split(|byte| *byte == 0)
        .filter(|name| !name.is_empty())
    {
        let name = CString::new(name)?;
        let mut value = vec![0_u8; 65536];
        let size = unsafe {
            lgetxattr(
                path.as_ptr(),
                name.as_ptr(),
                value.as_mut_ptr().cast(),
                value.len(),
            )
        };
        value.truncate(usize::try_from(size).map_err(|_| Error::last_os_error())?);
        found.push((name, value));
    }
    found.sort();
    Ok(found)
}

/// An io_uring with room for four requests: 425 on every architecture.
pub fn io_uring() -> Result<OwnedFd> {
    let mut parameters = [0_u32; 30];
    owned(unsafe { syscall(425, 4 as c_long, parameters.as_mut_ptr()) } as c_int)
}

/// A handle for page faults in user space, of this process's own faults only.
pub fn user_faults() -> Result<OwnedFd> {
    let number: c_long = if cfg!(target_arch = "x86_64") {
        323
    } else {
        282
    };
    owned(unsafe { syscall(number, 1 as c_long) } as c_int)
}

pub fn posix_queue(name: &CStr) -> Result<OwnedFd> {
    owned(unsafe { mq_open(name.as_ptr(), 0o102, 0o600 as c_uint, ptr::null::<c_void>()) })
}

/// A socket of any family, connected to nobody.
pub fn socket_of(family: c_int, kind: c_int, protocol: c_int) -> Result<OwnedFd> {
    owned(unsafe { socket(family, kind, protocol) })
}

/// Sets an option of a socket that is a number.
pub fn set_socket_option(fd: &impl AsRawFd, level: c_int, name: c_int, value: c_int) -> Result<()> {
    checked(unsafe { setsockopt(fd.as_raw_fd(), level, name, &raw const value, 4) }).map(drop)
}

/// Takes a descriptor that the other end of a unix socket passes along with one byte.
pub fn passed_descriptor(fd: &impl AsRawFd) -> Result<OwnedFd> {
    let mut byte = [0_u8; 1];
    let mut part = Part {
        base: byte.as_mut_ptr().cast(),
        length: 1,
    };
    let mut control = PassedDescriptor {
        fd: -1,
        ..PassedDescriptor::default()
    };
    let mut message = MessageHeader {
        name: ptr::null_mut(),
        name_length: 0,
        parts: &raw mut part,
        part_count: 1,
        control: (&raw mut control).cast(),
        control_length: size_of::<PassedDescriptor>(),
        flags: 0,
    };
    if unsafe { recvmsg(fd.as_raw_fd(), &raw mut message, 0) } < 0 {
        return Err(Error::last_os_error());
    }
    if control.fd < 0 {
        return Err(Error::other("no descriptor was passed"));
    }
    owned(control.fd)
}

/// Leaves the namespaces of these flags (CLONE_NEWUSER …) for new ones.
pub fn leave(flags: c_int) -> Result<()> {
    checked(unsafe { unshare(flags) }).map(drop)
}

/// Mounts a file system of this kind.
pub fn mount_at(target: &CStr, kind: &CStr, data: &CStr) -> Result<()> {
    let (kind, data) = (kind.as_ptr(), data.as_ptr());
    checked(unsafe { mount(c"none".as_ptr(), target.as_ptr(), kind, 0, data) }).map(drop)
}

/// The numbers of system calls that differ: x86_64's and the generic ones'.
fn numbered(x86: c_long, generic: c_long) -> c_long {
    if cfg!(target_arch = "x86_64") {
        x86
    } else {
        generic
    }
}

/// A counter of this process's page faults, a software event.
pub fn performance_counter() -> Result<OwnedFd> {
    // struct perf_event_attr: type PERF_TYPE_SOFTWARE, size, config PERF_COUNT_SW_PAGE_FAULTS.
    let mut attributes = [0_u64; 16];
    attributes[0] = 1 | (128 << 32);
    attributes[1] = 2;
    let own: c_long = 0;
    let any: c_long = -1;
    let flags: c_long = 0;
    let number = numbered(298, 241);
    owned(unsafe { syscall(number, attributes.as_ptr(), own, any, any, flags) } as c_int)
}

/// A BPF array of one word.
pub fn bpf_map() -> Result<OwnedFd> {
    // union bpf_attr: map_type BPF_MAP_TYPE_ARRAY, key_size, value_size, max_entries.
    let attributes = [2_u32, 4, 4, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let create: c_long = 0;
    let size: c_long = 64;
    owned(unsafe { syscall(numbered(321, 280), create, attributes.as_ptr(), size) } as c_int)
}

/// A Landlock ruleset, not enforced.
pub fn landlock_ruleset() -> Result<OwnedFd> {
    let handled = [1_u64];
    let (size, flags): (c_long, c_long) = (8, 0);
    owned(unsafe { syscall(444, handled.as_ptr(), size, flags) } as c_int)
}

/// A file system that is being configured.
pub fn file_system_context() -> Result<OwnedFd> {
    let flags: c_long = 0;
    owned(unsafe { syscall(430, c"tmpfs".as_ptr(), flags) } as c_int)
}

/// A page of memory that not even the kernel sees.
pub fn secret_memory() -> Result<OwnedFd> {
    let flags: c_long = 0;
    owned(unsafe { syscall(447, flags) } as c_int)
}

/// A memory file of huge pages.
pub fn huge_memory_file() -> Result<OwnedFd> {
    owned(unsafe { memfd_create(c"huge".as_ptr(), 4) })
}

/// Lets another process decide over this one's system calls: the other's descriptor.
pub fn supervised() -> Result<OwnedFd> {
    // One instruction: return SECCOMP_RET_ALLOW.
    let program = [0x7fff_0000_0000_0006_u64];
    let filter = (1_u64, program.as_ptr());
    checked(unsafe { prctl(38, 1 as c_long, 0 as c_long, 0 as c_long, 0 as c_long) })?;
    let (set_filter, new_listener): (c_long, c_long) = (1, 8);
    let number = numbered(317, 277);
    owned(unsafe { syscall(number, set_filter, new_listener, &raw const filter) } as c_int)
}

/// Makes an open /dev/net/tun a network interface of this name.
pub fn become_tunnel(fd: &impl AsRawFd, name: &[u8]) -> Result<()> {
    // struct ifreq: the name, then the flags IFF_TUN | IFF_NO_PI.
    let mut request = [0_u8; 40];
    request[..name.len()].copy_from_slice(name);
    request[16..18].copy_from_slice(&0x1001_u16.to_ne_bytes());
    checked(unsafe { ioctl(fd.as_raw_fd(), 0x4004_54ca, request.as_mut_ptr()) }).map(drop)
}

/// Becomes the tracer of a process.
pub fn trace(pid: u32) -> Result<()> {
    let result = unsafe {
        ptrace(
            0x4206,
            pid as c_long,
            ptr::null::<c_void>(),
            ptr::null::<c_void>(),
        )
    };
    if result < 0 {
        Err(Error::last_os_error())
    } else {
        Ok(())
    }
}

/// A second descriptor for the same open file.
pub fn duplicate(fd: &impl AsRawFd) -> Result<OwnedFd> {
    let number: RawFd = fd.as_raw_fd();
    owned(unsafe { fcntl(number, 0, 100) })
}

/// Enlarges a pipe's buffer.
pub fn set_pipe_size(fd: &impl AsRawFd, bytes: c_int) -> Result<c_int> {
    checked(unsafe { fcntl(fd.as_raw_fd(), 1031, bytes) })
}

pub fn pipe_size(fd: &impl AsRawFd) -> Result<c_int> {
    checked(unsafe { fcntl(fd.as_raw_fd(), 1032) })
}
