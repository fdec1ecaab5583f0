//! Bytes of a TCP connection without Node's streams: one read a readiness, one write a call.
//!
//! Node connects, accepts and owns the connection; this works on a descriptor of its own for it.
#![allow(unsafe_code)]

use std::cell::{Cell, RefCell};
use std::ffi::{c_int, c_void};
use std::hint::spin_loop;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr::null_mut;
use std::rc::Rc;
use std::time::{Duration, Instant};

use napi::bindgen_prelude::{Error, Function, JsObjectValue, JsValue, Object, Result, Uint8Array};
use napi::{Env, sys};
use napi_derive::napi;

use crate::counted::{NO_COUNT, counted_function};
use crate::uv::{Poll, READABLE, WRITABLE, data_of};

/// What happens on a socket beside bytes that were read, whose number is above 0.
const ENDED: i32 = 0;
const FAILED: i32 = -1;
const HAS_ROOM: i32 = -2;
/// In place of a number of bytes.
const BROKEN: u32 = u32::MAX;

/// The longest a turn with lingering lasts: the loop's timers and other connections wait that long.
const TURN_MAX: Duration = Duration::from_millis(1);

/// Memory for what is read and what is to be written.
#[napi(object, object_to_js = false)]
pub struct SocketBuffers {
    /// Written before each event that says how much.
    pub received: Uint8Array,
    /// Read by `send(count)`.
    pub sent: Uint8Array,
}

struct Socket {
    env: sys::napi_env,
    poll: Poll,
    /// None once it is closed.
    stream: RefCell<Option<TcpStream>>,
    received: RefCell<Uint8Array>,
    sent: Uint8Array,
    on_event: Cell<sys::napi_ref>,
    /// How long to look for more after bytes were read, in place of parking at once.
    linger: Cell<Duration>,
    problem: RefCell<String>,
}

/// Works on a connection from now on: `onEvent(n)` says that n bytes were received, or what else
/// happened. Returns `send(count)`, `watch(events)`, `linger(microseconds)`, `finish()`, `close()`
/// and `problem()`.
#[napi]
pub fn open_socket<'env>(
    env: &'env Env,
    descriptor: i32,
    buffers: SocketBuffers,
    on_event: Function<'env, i32, ()>,
) -> Result<Object<'env>> {
    let SocketBuffers { received, sent } = buffers;
    if descriptor < 0 || received.is_empty() || sent.is_empty() {
        return Err(Error::from_reason("a descriptor and memory are needed"));
    }
    // SAFETY: the caller's connection is open; a descriptor that is none is refused by the system.
    let own = unsafe { BorrowedFd::borrow_raw(descriptor) }.try_clone_to_owned();
    let stream = TcpStream::from(own.map_err(|error| Error::from_reason(error.to_string()))?);
    stream.set_nonblocking(true).map_err(|error| Error::from_reason(error.to_string()))?;
    let fd = stream.as_raw_fd();
    let mut reference = null_mut();
    // SAFETY: the function is a value of this call.
    unsafe { sys::napi_create_reference(env.raw(), on_event.raw(), 1, &mut reference) };
    let socket = Rc::new(Socket {
        env: env.raw(),
        poll: Poll::new(),
        stream: RefCell::new(Some(stream)),
        received: RefCell::new(received),
        sent,
        on_event: Cell::new(reference),
        linger: Cell::new(Duration::ZERO),
        problem: RefCell::default(),
    });
    socket.start(fd)?;
    functions(env, &socket)
}

fn functions<'env>(env: &'env Env, socket: &Rc<Socket>) -> Result<Object<'env>> {
    let mut object = Object::new(env)?;
    let own = socket.clone();
    let send: Function<'_, u32, u32> =
        counted_function(env, c"send", move |count| own.send(count.ok_or(NO_COUNT)? as usize))?;
    object.set_named_property("send", send)?;
    let own = socket.clone();
    let watch: Function<'_, u32, u32> = counted_function(env, c"watch", move |events| {
        Ok(u32::from(own.watch(events.ok_or(NO_COUNT)?)))
    })?;
    object.set_named_property("watch", watch)?;
    let own = socket.clone();
    let linger: Function<'_, u32, u32> = counted_function(env, c"linger", move |microseconds| {
        own.linger.set(Duration::from_micros(microseconds.ok_or(NO_COUNT)?.into()));
        Ok(0)
    })?;
    object.set_named_property("linger", linger)?;
    let own = socket.clone();
    let finish: Function<'_, (), u32> = counted_function(env, c"finish", move |_| {
        let stream = own.stream.borrow();
        Ok(stream.as_ref().map_or(0, |stream| u32::from(stream.shutdown(Shutdown::Write).is_ok())))
    })?;
    object.set_named_property("finish", finish)?;
    let own = socket.clone();
    let close: Function<'_, (), u32> = counted_function(env, c"close", move |_| {
        own.close();
        Ok(0)
    })?;
    object.set_named_property("close", close)?;
    let own = socket.clone();
    let problem = env.create_function_from_closure::<(), String, _>("problem", move |_| {
        Ok(own.problem.borrow().clone())
    })?;
    object.set_named_property("problem", problem)?;
    Ok(object)
}

impl Socket {
    fn start(self: &Rc<Self>, fd: c_int) -> Result<()> {
        let data = Rc::into_raw(self.clone()).cast_mut().cast();
        // SAFETY: this is the thread of `env`; the count just taken keeps the memory until
        // `closed` gives it back.
        if !unsafe { self.poll.open(self.env, fd, data) } {
            // SAFETY: libuv did not take the data.
            drop(unsafe { Rc::from_raw(data.cast::<Self>()) });
            return Err(Error::from_reason("the event loop does not take the socket"));
        }
        if !self.watch(READABLE) {
            self.close();
            return Err(Error::from_reason("the event loop does not watch the socket"));
        }
        Ok(())
    }

    /// Bytes that the system took, none where it has no room.
    fn send(&self, count: usize) -> crate::counted::Answer {
        let bytes = self.sent.get(..count).ok_or(c"count is greater than the memory bound")?;
        let stream = self.stream.borrow();
        let Some(mut stream) = stream.as_ref() else { return Ok(BROKEN) };
        loop {
            match stream.write(bytes) {
                Ok(written) => return Ok(written as u32),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(0),
                Err(error) => {
                    *self.problem.borrow_mut() = format!("write: {error}");
                    return Ok(BROKEN);
                }
            }
        }
    }

    fn watch(&self, events: u32) -> bool {
        let is_open = self.stream.borrow().is_some();
        // SAFETY: an open stream is between `open` and `close` of its handle.
        is_open && unsafe { self.poll.watch(events & (READABLE | WRITABLE), ready) }
    }

    fn close(&self) {
        let stream = self.stream.borrow_mut().take();
        if stream.is_some() {
            // SAFETY: the stream was there, so this is the first time; it is dropped after it.
            unsafe { self.poll.close(closed) };
        }
    }

    /// Takes in what is there, and tells of it.
    fn turn(&self, status: c_int, events: u32) {
        // A broken connection is ready too, and reading says why.
        if (status < 0 || events & !WRITABLE != 0)
            && let Some(event) = self.read()
        {
            self.tell(event);
            if event > 0 && !self.linger.get().is_zero() {
                self.stay();
            }
        }
        if events & WRITABLE != 0 && self.stream.borrow().is_some() {
            self.tell(HAS_ROOM);
        }
    }

    /// Looks for more bytes until none have come for `linger`: a thread that parks is woken late.
    fn stay(&self) {
        let started = Instant::now();
        let mut heard = started;
        while started.elapsed() < TURN_MAX && heard.elapsed() < self.linger.get() {
            match self.read() {
                None => spin_loop(),
                Some(event) => {
                    self.tell(event);
                    if event <= 0 {
                        return;
                    }
                    heard = Instant::now();
                }
            }
        }
    }

    fn read(&self) -> Option<i32> {
        let stream = self.stream.borrow();
        let mut stream = stream.as_ref()?;
        let mut received = self.received.borrow_mut();
        // SAFETY: see "Bound memory" in lib.rs; JavaScript reads it within the event alone.
        let memory = unsafe { received.as_mut() };
        match stream.read(memory) {
            // A transferred buffer has no room, and nothing can be received any more.
            Ok(0) if memory.is_empty() => Some(FAILED),
            Ok(0) => Some(ENDED),
            Ok(count) => Some(count as i32),
            Err(error)
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) =>
            {
                None
            }
            Err(error) => {
                *self.problem.borrow_mut() = format!("read: {error}");
                Some(FAILED)
            }
        }
    }

    /// Calls JavaScript as Node does with an event of its own: what it throws is uncaught there.
    fn tell(&self, event: i32) {
        let env = self.env;
        let (mut scope, mut function, mut value) = (null_mut(), null_mut(), null_mut());
        let (mut global, mut result, mut thrown) = (null_mut(), null_mut(), null_mut());
        // SAFETY: libuv calls on the thread of `env`, outside of any script; the reference holds
        // the function until `closed`.
        unsafe {
            sys::napi_open_handle_scope(env, &mut scope);
            sys::napi_get_reference_value(env, self.on_event.get(), &mut function);
            sys::napi_create_int32(env, event, &mut value);
            sys::napi_get_global(env, &mut global);
            let (context, given) = (null_mut(), [value]);
            let arguments = given.as_ptr();
            let status =
                sys::napi_make_callback(env, context, global, function, 1, arguments, &mut result);
            if status == sys::Status::napi_pending_exception {
                sys::napi_get_and_clear_last_exception(env, &mut thrown);
                sys::napi_fatal_exception(env, thrown);
            }
            sys::napi_close_handle_scope(env, scope);
        }
    }
}

unsafe extern "C" fn ready(handle: *mut c_void, status: c_int, events: c_int) {
    // SAFETY: `start` left a count of the socket, and `closed` has not come yet; the count taken
    // here keeps the socket where JavaScript closes it within its event.
    let socket = unsafe {
        let data = data_of(handle).cast::<Socket>().cast_const();
        Rc::increment_strong_count(data);
        Rc::from_raw(data)
    };
    socket.turn(status, events as u32);
}

unsafe extern "C" fn closed(handle: *mut c_void) {
    // SAFETY: libuv calls this once, and not again with this handle: the count of `start` ends.
    let socket = unsafe { Rc::from_raw(data_of(handle).cast::<Socket>().cast_const()) };
    // SAFETY: the reference that `open_socket` made, once.
    unsafe { sys::napi_delete_reference(socket.env, socket.on_event.get()) };
}
