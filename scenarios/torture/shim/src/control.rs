//! What the test asks for, in a file that both have mapped.

use crate::target;
use std::ffi::{c_int, c_void};
use std::os::fd::AsRawFd;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

const FILE: &str = "OUTRIDER_FAULT_CONTROL";
const BYTES: usize = 256;
const PATH_AT: usize = 40;
const ARMED: u32 = 1;
const FIRED: u32 = 2;
const ANYWHERE: u32 = u32::MAX;

const PROT_READ_WRITE: c_int = 3;
const MAP_SHARED: c_int = 1;

unsafe extern "C" {
    fn mmap(
        at: *mut c_void,
        length: usize,
        protection: c_int,
        flags: c_int,
        fd: c_int,
        offset: i64,
    ) -> *mut c_void;
}

/// What is done at the call that fires.
pub mod action {
    /// SIGKILL, the call not made.
    pub const KILL_BEFORE: u32 = 1;
    /// SIGKILL after some of its bytes.
    pub const KILL_PARTLY: u32 = 2;
    /// SIGKILL once it is done.
    pub const KILL_AFTER: u32 = 3;
    /// An error, once.
    pub const FAIL: u32 = 4;
    /// An error from this call on.
    pub const FAIL_ON: u32 = 5;
    /// Takes some of its bytes and says so.
    pub const SHORT: u32 = 6;
    /// SIGSTOP before and after the call.
    pub const STOP_BEFORE: u32 = 7;
    pub const STOP_AFTER: u32 = 8;
}

#[derive(Clone, Copy, PartialEq)]
pub enum Operation {
    Write = 1,
    Send = 2,
    Receive = 4,
    Sync = 8,
}

/// The mapped file: see the table in `lib.rs`.
pub struct Control {
    words: &'static [AtomicU32; BYTES / 4],
}

impl Control {
    fn word(&self, byte: usize) -> &AtomicU32 {
        &self.words[byte / 4]
    }

    fn get(&self, byte: usize) -> u32 {
        self.word(byte).load(Ordering::Acquire)
    }

    pub fn action(&self) -> u32 {
        self.get(12)
    }

    pub fn parameter(&self) -> u32 {
        self.get(16)
    }

    pub fn port(&self) -> u32 {
        self.get(20)
    }

    /// The bytes up to the first 0.
    pub fn path(&self) -> Vec<u8> {
        let words = &self.words[PATH_AT / 4..];
        let bytes = words.iter().flat_map(|word| word.load(Ordering::Acquire).to_le_bytes());
        bytes.take_while(|&byte| byte != 0).collect()
    }

    fn has_byte(&self, bytes: &[u8]) -> bool {
        let at = self.get(24);
        let is = self.get(28);
        at == ANYWHERE || bytes.get(at as usize).is_some_and(|&byte| u32::from(byte) == is)
    }

    /// True at the call that takes the countdown to 0, and after it where the fault stays.
    fn fires(&self, size: usize) -> bool {
        if self.get(0) == FIRED {
            return self.action() == action::FAIL_ON;
        }
        self.word(32).fetch_add(1, Ordering::AcqRel);
        if self.word(8).fetch_sub(1, Ordering::AcqRel) != 1 {
            return false;
        }
        self.word(36).store(size as u32, Ordering::Release);
        self.word(0).store(FIRED, Ordering::Release);
        true
    }
}

fn control() -> Option<&'static Control> {
    static CONTROL: OnceLock<Option<Control>> = OnceLock::new();
    CONTROL.get_or_init(open).as_ref()
}

/// Nothing is asked of a process that is not told of a file.
fn open() -> Option<Control> {
    let path = std::env::var_os(FILE)?;
    let file = std::fs::OpenOptions::new().read(true).write(true).open(path).ok()?;
    if file.metadata().ok()?.len() < BYTES as u64 {
        return None;
    }
    let null = std::ptr::null_mut();
    let at = unsafe { mmap(null, BYTES, PROT_READ_WRITE, MAP_SHARED, file.as_raw_fd(), 0) };
    if at as isize == -1 {
        return None;
    }
    Some(Control { words: unsafe { &*at.cast() } })
}

/// The control where this call is the one to fire at.
pub fn matching(operations: &[Operation], fd: c_int, bytes: &[u8]) -> Option<&'static Control> {
    let control = control()?;
    let state = control.get(0);
    let stays = state == FIRED && control.action() == action::FAIL_ON;
    if state != ARMED && !stays {
        return None;
    }
    let wanted = control.get(4);
    let operation = operations.iter().find(|&&each| wanted & each as u32 != 0)?;
    let is_target = match operation {
        Operation::Write | Operation::Sync => target::has_path(fd, &control.path()),
        Operation::Send | Operation::Receive => target::has_port(fd, control.port()),
    };
    (is_target && control.has_byte(bytes) && control.fires(bytes.len())).then_some(control)
}
