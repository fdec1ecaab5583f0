//! Exponential decay over event time by IEEE + - * / in a fixed order, the same bits everywhere.

/// Table steps of a half-life.
const STEPS: usize = 64;
/// Half-lives after which nothing is left.
const HALVES: usize = 64;
/// The natural logarithm of 2: 0x3fe62e42fefa39ef.
pub const LN2: f64 = std::f64::consts::LN_2;
const SIXTH: f64 = 1.0 / 6.0;

/// A window by its half-life, as steps of the table a nanosecond.
#[derive(Clone, Copy)]
pub struct Window {
    steps_per_ns: f64,
}

impl Window {
    /// # Panics
    /// Never; a half-life of 0 forgets at once.
    pub fn of_half_life(ns: f64) -> Self {
        Self { steps_per_ns: STEPS as f64 / ns }
    }
}

/// Tables of powers of one half.
pub struct Decay {
    /// 2^(-step / 64).
    steps: [f64; STEPS],
    /// 2^-half, exact.
    halves: [f64; HALVES],
}

impl Decay {
    pub fn new() -> Self {
        // A square root is correctly rounded everywhere, a power is not.
        let mut root = 0.5_f64;
        for _ in 0..STEPS.ilog2() {
            root = root.sqrt();
        }
        let mut decay = Self { steps: [1.0; STEPS], halves: [1.0; HALVES] };
        for step in 1..STEPS {
            decay.steps[step] = decay.steps[step - 1] * root;
        }
        for half in 1..HALVES {
            decay.halves[half] = decay.halves[half - 1] * 0.5;
        }
        decay
    }

    /// What is left of 1 after this time, 0 or more, within 1e-9 of its size.
    #[inline]
    pub fn left_after(&self, ns: f64, window: Window) -> f64 {
        let steps = ns * window.steps_per_ns;
        if steps.is_nan() || steps >= (STEPS * HALVES) as f64 {
            return 0.0;
        }
        let whole = steps as usize;
        let rest = (steps - whole as f64) * (LN2 / STEPS as f64);
        let exponential = 1.0 + rest * (-1.0 + rest * (0.5 - rest * SIXTH));
        self.steps[whole % STEPS] * self.halves[whole / STEPS] * exponential
    }
}

#[cfg(test)]
mod tests {
    use super::{Decay, Window};

    #[test]
    fn halves_in_a_half_life_and_ends_at_nothing() {
        let (decay, second) = (Decay::new(), Window::of_half_life(1e9));
        for (ns, left) in [(0.0, 1.0), (1e9, 0.5), (5e8, 0.5_f64.sqrt()), (3.3e9, 0.101_531_549)] {
            assert!((decay.left_after(ns, second) - left).abs() < 1e-9, "{ns}");
        }
        assert_eq!(decay.left_after(64e9, second), 0.0);
        assert_eq!(decay.left_after(f64::NAN, second), 0.0);
    }
}
