//! Threads that help with one task at a time, kept between tasks, and pieces they share out.
//!
//! A task is a function that every member runs; its work is claimed piece by piece, so a member
//! that wakes late finds less to do, or nothing, and nobody waits for it.
#![allow(unsafe_code)]

use std::ops::Range;
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

/// Pieces of a task, each carried through its stages by the member that claims it.
pub struct Pieces {
    claimed: AtomicUsize,
    /// Stages that each piece is through.
    stages: Vec<AtomicUsize>,
}

impl Pieces {
    /// None, and room for `most`.
    pub fn with_room(most: usize) -> Self {
        Self { claimed: AtomicUsize::new(0), stages: Vec::with_capacity(most) }
    }

    /// Makes `count` pieces claimable; no member may be at work on them.
    pub fn reset(&mut self, count: usize) {
        self.claimed = AtomicUsize::new(0);
        self.stages.clear();
        self.stages.resize_with(count, AtomicUsize::default);
    }

    /// The next piece, in order, as long as there are any.
    pub fn claim(&self) -> Option<usize> {
        let piece = self.claimed.fetch_add(1, Ordering::Relaxed);
        (piece < self.stages.len()).then_some(piece)
    }

    /// A piece is through one stage more.
    pub fn pass(&self, piece: usize) {
        self.stages[piece].fetch_add(1, Ordering::Release);
    }

    /// Waits until pieces, all claimed before the caller's, are through so many stages: what their
    /// members wrote for them is then seen here.
    pub fn wait(&self, pieces: Range<usize>, stages: usize) {
        for piece in &self.stages[pieces] {
            let mut spins = 0_u32;
            while piece.load(Ordering::Acquire) < stages {
                spins += 1;
                if spins.is_multiple_of(64) {
                    std::thread::yield_now();
                } else {
                    std::hint::spin_loop();
                }
            }
        }
    }
}
