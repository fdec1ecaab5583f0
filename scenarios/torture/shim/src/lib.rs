//! Fails, cuts short or stops a process at a chosen call on a file or socket.
//!
//! The Nth write, send, receive or sync; a test arms it through a mapped file, and until then calls
//! pass as they are.
//!
//! ```text
//!  OUTRIDER_FAULT_CONTROL: a file of 256 bytes, u32 little endian
//!
//!   0 state      0 idle, 1 armed, 2 fired
//!   4 operation  1 write to a file, 2 send, 4 receive, 8 sync
//!   8 countdown  of the calls that match: it fires at the one that takes it to 0
//!  12 action     see `action`
//!  16 parameter  bytes of a part, or the errno
//!  20 port       of either end, for send and receive
//!  24 byte at    where in the bytes of a write a value must stand; 2^32 - 1: anywhere
//!  28 byte is    that value
//!  32 matched    calls that matched since it was armed (the shim counts)
//!  36 size       bytes of the call it fired at (the shim says)
//!  40 path       text the file's path must hold, up to the first 0
//! ```

mod control;
mod target;

use control::{Control, Operation, action};
use std::ffi::{c_char, c_int, c_void};

const NEXT: *mut c_void = -1isize as *mut c_void;
const SIGKILL: c_int = 9;
const SIGSTOP: c_int = 19;

/// Two words of a scattered write, as the system has them.
#[repr(C)]
pub struct IoVector {
    base: *mut c_void,
    length: usize,
}

unsafe extern "C" {
    fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void;
    fn getpid() -> c_int;
    fn kill(process: c_int, signal: c_int) -> c_int;
    fn __errno_location() -> *mut c_int;
}

/// The system's own function of a name.
macro_rules! real {
    ($name:literal as $type:ty) => {{
        static FOUND: std::sync::OnceLock<usize> = std::sync::OnceLock::new();
        let found = *FOUND.get_or_init(|| unsafe { dlsym(NEXT, $name.as_ptr()) as usize });
        unsafe { std::mem::transmute::<usize, $type>(found) }
    }};
}

fn signal_self(signal: c_int) {
    unsafe { kill(getpid(), signal) };
}

fn die() -> ! {
    signal_self(SIGKILL);
    loop {
        std::thread::park();
    }
}

fn fail(errno: u32) -> isize {
    unsafe { *__errno_location() = errno as c_int };
    -1
}

/// Runs a call of `size` bytes, of which `call` can be told to do fewer.
fn around(fired: Option<&Control>, size: usize, call: impl Fn(usize) -> isize) -> isize {
    let Some(control) = fired else {
        return call(size);
    };
    let part = (control.parameter() as usize).min(size.saturating_sub(1));
    match control.action() {
        action::KILL_BEFORE => die(),
        action::KILL_PARTLY => {
            if part > 0 {
                call(part);
            }
            die()
        }
        action::KILL_AFTER => {
            call(size);
            die()
        }
        action::FAIL | action::FAIL_ON => fail(control.parameter()),
        action::SHORT => call(part.max(1)),
        action::STOP_BEFORE => {
            signal_self(SIGSTOP);
            call(size)
        }
        action::STOP_AFTER => {
            let done = call(size);
            signal_self(SIGSTOP);
            done
        }
        _ => call(size),
    }
}

/// A write to a file, or a send where the descriptor is a socket.
fn writing(descriptor: c_int, bytes: &[u8], call: impl Fn(usize) -> isize) -> isize {
    let fired = control::matching(&[Operation::Write, Operation::Send], descriptor, bytes);
    around(fired, bytes.len(), call)
}

unsafe fn slice<'a>(base: *const c_void, length: usize) -> &'a [u8] {
    if length == 0 {
        return &[];
    }
    unsafe { std::slice::from_raw_parts(base.cast(), length) }
}

/// # Safety
/// As write(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn write(fd: c_int, base: *const c_void, length: usize) -> isize {
    let call = real!(c"write" as unsafe extern "C" fn(c_int, *const c_void, usize) -> isize);
    writing(fd, unsafe { slice(base, length) }, |size| unsafe { call(fd, base, size) })
}

/// # Safety
/// As pwrite(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pwrite(fd: c_int, base: *const c_void, length: usize, at: i64) -> isize {
    let call = real!(c"pwrite" as unsafe extern "C" fn(c_int, *const c_void, usize, i64) -> isize);
    writing(fd, unsafe { slice(base, length) }, |size| unsafe { call(fd, base, size, at) })
}

/// # Safety
/// As pwrite(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pwrite64(fd: c_int, base: *const c_void, length: usize, at: i64) -> isize {
    let call =
        real!(c"pwrite64" as unsafe extern "C" fn(c_int, *const c_void, usize, i64) -> isize);
    writing(fd, unsafe { slice(base, length) }, |size| unsafe { call(fd, base, size, at) })
}

/// # Safety
/// As send(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn send(
    fd: c_int,
    base: *const c_void,
    length: usize,
    flags: c_int,
) -> isize {
    let call = real!(c"send" as unsafe extern "C" fn(c_int, *const c_void, usize, c_int) -> isize);
    writing(fd, unsafe { slice(base, length) }, |size| unsafe { call(fd, base, size, flags) })
}

/// A scattered write is matched by its first stretch, and cut short within it.
///
/// # Safety
/// As writev(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn writev(fd: c_int, vectors: *const IoVector, count: c_int) -> isize {
    let call = real!(c"writev" as unsafe extern "C" fn(c_int, *const IoVector, c_int) -> isize);
    if count < 1 {
        return unsafe { call(fd, vectors, count) };
    }
    let first = unsafe { &*vectors };
    let bytes = unsafe { slice(first.base, first.length) };
    writing(fd, bytes, |size| unsafe {
        if size == first.length {
            call(fd, vectors, count)
        } else {
            call(fd, &IoVector { base: first.base, length: size }, 1)
        }
    })
}

fn receiving(fd: c_int, length: usize, call: impl Fn(usize) -> isize) -> isize {
    around(control::matching(&[Operation::Receive], fd, &[]), length, call)
}

/// # Safety
/// As read(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn read(fd: c_int, base: *mut c_void, length: usize) -> isize {
    let call = real!(c"read" as unsafe extern "C" fn(c_int, *mut c_void, usize) -> isize);
    receiving(fd, length, |size| unsafe { call(fd, base, size) })
}

/// # Safety
/// As recv(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn recv(fd: c_int, base: *mut c_void, length: usize, flags: c_int) -> isize {
    let call = real!(c"recv" as unsafe extern "C" fn(c_int, *mut c_void, usize, c_int) -> isize);
    receiving(fd, length, |size| unsafe { call(fd, base, size, flags) })
}

fn syncing(fd: c_int, call: impl Fn() -> c_int) -> c_int {
    let fired = control::matching(&[Operation::Sync], fd, &[]);
    around(fired, 0, |_| call() as isize) as c_int
}

/// # Safety
/// As fsync(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fsync(fd: c_int) -> c_int {
    let call = real!(c"fsync" as unsafe extern "C" fn(c_int) -> c_int);
    syncing(fd, || unsafe { call(fd) })
}

/// # Safety
/// As fdatasync(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fdatasync(fd: c_int) -> c_int {
    let call = real!(c"fdatasync" as unsafe extern "C" fn(c_int) -> c_int);
    syncing(fd, || unsafe { call(fd) })
}
