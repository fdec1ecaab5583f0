//! Threads that help with one task at a time, kept between tasks, and phases they share out.
//!
//! A task is a function that every member runs; its work is claimed piece by piece, so a member
//! that wakes late finds less to do, or nothing, and nobody waits for it.
#![allow(unsafe_code)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// What members run: their number, from 1 on (0 is the caller).
type Task = &'static (dyn Fn(usize) + Sync);

/// The caller's helpers; they end when it is dropped.
pub struct Crew {
    shared: Arc<Shared>,
    members: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// A task begins, or the crew ends.
    begin: Condvar,
    /// A member has left the task.
    left: Condvar,
}

#[derive(Default)]
struct State {
    task: Option<Task>,
    /// Number of tasks so far: a member takes each at most once.
    tasks: u64,
    /// Members inside the task.
    inside: usize,
    has_ended: bool,
}

impl Crew {
    /// A crew of `threads` with the caller among them, so `threads - 1` are started.
    pub fn new(threads: usize) -> Self {
        let shared = Arc::new(Shared::default());
        let members = (1..threads)
            .map(|member| {
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || shared.serve(member))
            })
            .collect();
        Self { shared, members }
    }

    /// The caller and its helpers.
    pub fn threads(&self) -> usize {
        self.members.len() + 1
    }

    /// Runs the task here as member 0 and on every helper that wakes before it is over.
    pub fn run(&mut self, task: &(dyn Fn(usize) + Sync)) {
        // SAFETY: the task outlives its use: below it is withdrawn and all members have left it,
        // and a panic on the way there ends the process.
        let lasting = unsafe { std::mem::transmute::<&(dyn Fn(usize) + Sync), Task>(task) };
        let mut state = self.shared.lock();
        state.task = Some(lasting);
        state.tasks += 1;
        drop(state);
        self.shared.begin.notify_all();
        let guard = NoPanic;
        task(0);
        let mut state = self.shared.lock();
        state.task = None;
        while state.inside > 0 {
            state = self.shared.left.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        drop(guard);
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.shared.lock().has_ended = true;
        self.shared.begin.notify_all();
        for member in self.members.drain(..) {
            // A member that panicked has nothing more to end.
            let _ = member.join();
        }
    }
}

/// Ends the process where a panic would leave members waiting for ever.
struct NoPanic;

impl Drop for NoPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            std::process::abort();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, member: usize) {
        let mut done = 0;
        let mut state = self.lock();
        loop {
            if state.has_ended {
                return;
            }
            match state.task {
                Some(task) if state.tasks > done => {
                    done = state.tasks;
                    state.inside += 1;
                    drop(state);
                    let guard = NoPanic;
                    task(member);
                    drop(guard);
                    state = self.lock();
                    state.inside -= 1;
                    self.left.notify_all();
                }
                _ => state = self.begin.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

/// Pieces 0, 1, ... of a phase, each claimed by one member; the phase is over when all are done.
#[derive(Default)]
pub struct Phase {
    claimed: AtomicUsize,
    done: AtomicUsize,
}

impl Phase {
    /// Makes all pieces claimable again; no member may be at work on them.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Works on pieces as long as there are any, then waits until all `pieces` are done: what the
    /// others wrote for them is then seen here.
    pub fn work(&self, pieces: usize, mut piece: impl FnMut(usize)) {
        loop {
            let next = self.claimed.fetch_add(1, Ordering::Relaxed);
            if next >= pieces {
                break;
            }
            piece(next);
            self.done.fetch_add(1, Ordering::Release);
        }
        let mut spins = 0_u32;
        while self.done.load(Ordering::Acquire) < pieces {
            spins += 1;
            if spins.is_multiple_of(64) {
                std::thread::yield_now();
            } else {
                std::hint::spin_loop();
            }
        }
    }
}
