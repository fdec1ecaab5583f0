//! The poll handle of libuv, whose functions Node exports: readiness on the thread's event loop.
#![allow(unsafe_code)]

use std::cell::UnsafeCell;
use std::ffi::{c_int, c_void};
use std::ptr::null_mut;

use napi::sys;

/// Interest in bytes to read, and in room to write.
pub const READABLE: u32 = 1;
/// See `READABLE`.
pub const WRITABLE: u32 = 2;

/// `UV_POLL` of `uv_handle_type`.
const POLL: c_int = 8;
/// In words of 16 bytes: more than any platform's `uv_poll_t` takes, as `Poll::open` makes sure.
const HANDLE_WORDS: usize = 32;

type Handle = *mut c_void;

unsafe extern "C" {
    fn uv_handle_size(kind: c_int) -> usize;
    fn uv_handle_get_data(handle: Handle) -> *mut c_void;
    fn uv_handle_set_data(handle: Handle, data: *mut c_void);
    fn uv_poll_init(event_loop: *mut sys::uv_loop_s, handle: Handle, fd: c_int) -> c_int;
    fn uv_poll_start(handle: Handle, events: c_int, callback: PollCallback) -> c_int;
    fn uv_close(handle: Handle, callback: unsafe extern "C" fn(handle: Handle));
}

type PollCallback = unsafe extern "C" fn(handle: Handle, status: c_int, events: c_int);

/// Memory that libuv knows from `open` until it has called back after `close`.
pub struct Poll(Box<UnsafeCell<[u128; HANDLE_WORDS]>>);

impl Poll {
    /// Memory for a handle.
    pub fn new() -> Self {
        Self(Box::new(UnsafeCell::new([0; HANDLE_WORDS])))
    }

    /// Begins to watch; `data` comes back from `data_of`. False where the system does not take it.
    ///
    /// # Safety
    /// On the thread of `env`; `fd` is a socket that stays open until `close`, and the poll stays
    /// where it is until libuv has called back after that.
    pub unsafe fn open(&self, env: sys::napi_env, fd: c_int, data: *mut c_void) -> bool {
        let mut event_loop = null_mut();
        // SAFETY: Node writes the loop of the thread; the memory is large enough for the handle.
        unsafe {
            sys::napi_get_uv_event_loop(env, &mut event_loop) == sys::Status::napi_ok
                && uv_handle_size(POLL) <= size_of::<[u128; HANDLE_WORDS]>()
                && uv_poll_init(event_loop, self.handle(), fd) == 0
                && {
                    uv_handle_set_data(self.handle(), data);
                    true
                }
        }
    }

    /// Calls `callback` whenever one of these is so; false where the system does not take it.
    ///
    /// # Safety
    /// Between `open` and `close`.
    pub unsafe fn watch(&self, events: u32, callback: PollCallback) -> bool {
        // SAFETY: the handle was initialised by `open`.
        unsafe { uv_poll_start(self.handle(), events as c_int, callback) == 0 }
    }

    /// Ends all callbacks but `closed`, which comes in a later turn of the loop.
    ///
    /// # Safety
    /// Once after a successful `open`.
    pub unsafe fn close(&self, closed: unsafe extern "C" fn(handle: Handle)) {
        // SAFETY: the handle was initialised by `open`.
        unsafe { uv_close(self.handle(), closed) }
    }

    fn handle(&self) -> Handle {
        self.0.get().cast()
    }
}

/// What `open` was given.
///
/// # Safety
/// Within a callback of that handle.
pub unsafe fn data_of(handle: *mut c_void) -> *mut c_void {
    // SAFETY: libuv calls back with the handle that `open` initialised.
    unsafe { uv_handle_get_data(handle) }
}
