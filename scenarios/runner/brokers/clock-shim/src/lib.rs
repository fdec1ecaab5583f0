//! Moves the wall clock of a process by what a mapped file says; clocks that only go on are left.
//!
//! The file, `OUTRIDER_CLOCK_CONTROL`, holds seconds as an i64: a scenario writes them at any time.

use std::ffi::{c_char, c_int, c_void};
use std::os::fd::AsRawFd;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};

const FILE: &str = "OUTRIDER_CLOCK_CONTROL";
const BYTES: usize = 8;
const CLOCK_REALTIME: c_int = 0;
const NEXT: *mut c_void = -1isize as *mut c_void;
const PROT_READ: c_int = 1;
const MAP_SHARED: c_int = 1;

/// As libc has it.
#[repr(C)]
pub struct Time {
    seconds: i64,
    nanoseconds: i64,
}

/// As libc has it.
#[repr(C)]
pub struct MicrosecondTime {
    seconds: i64,
    microseconds: i64,
}

type ClockGetTime = unsafe extern "C" fn(c_int, *mut Time) -> c_int;

unsafe extern "C" {
    fn dlsym(library: *mut c_void, name: *const c_char) -> *mut c_void;
    fn mmap(
        at: *mut c_void,
        length: usize,
        protection: c_int,
        flags: c_int,
        fd: c_int,
        offset: i64,
    ) -> *mut c_void;
}

/// The library's own, behind this one.
fn real() -> ClockGetTime {
    static REAL: OnceLock<ClockGetTime> = OnceLock::new();
    *REAL.get_or_init(|| unsafe {
        let found = dlsym(NEXT, c"clock_gettime".as_ptr());
        std::mem::transmute::<*mut c_void, ClockGetTime>(found)
    })
}

/// What the clock is ahead by: nothing for a process that is not told of a file.
fn ahead_seconds() -> i64 {
    static CONTROL: OnceLock<Option<&'static AtomicI64>> = OnceLock::new();
    CONTROL.get_or_init(open).map_or(0, |control| control.load(Ordering::Acquire))
}

fn open() -> Option<&'static AtomicI64> {
    let file = std::fs::File::open(std::env::var_os(FILE)?).ok()?;
    if file.metadata().ok()?.len() < BYTES as u64 {
        return None;
    }
    let null = std::ptr::null_mut();
    let at = unsafe { mmap(null, BYTES, PROT_READ, MAP_SHARED, file.as_raw_fd(), 0) };
    (at as isize != -1).then(|| unsafe { &*at.cast::<AtomicI64>() })
}

/// # Safety
/// As libc's: `time` is that of the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clock_gettime(clock: c_int, time: *mut Time) -> c_int {
    let answer = unsafe { real()(clock, time) };
    if answer == 0 && clock == CLOCK_REALTIME {
        unsafe { (*time).seconds += ahead_seconds() };
    }
    answer
}

/// # Safety
/// As libc's: `time` is that of the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gettimeofday(time: *mut MicrosecondTime, _zone: *mut c_void) -> c_int {
    let mut now = Time { seconds: 0, nanoseconds: 0 };
    let answer = unsafe { clock_gettime(CLOCK_REALTIME, &mut now) };
    if answer == 0 {
        unsafe {
            (*time).seconds = now.seconds;
            (*time).microseconds = now.nanoseconds / 1000;
        }
    }
    answer
}
