//! Money in the flat memory: two doubles, high * 2^52 + low, an `i128` in between.

const LOW_BITS: u32 = 52;
const LOW_MASK: i128 = (1 << LOW_BITS) - 1;

/// A worth beyond 10^18 units counts as that: more than any limit, and no sum of such can overflow.
const WORTH_MAX: i128 = 1 << 90;

pub fn read(memory: &[f64], at: usize) -> i128 {
    (i128::from(memory[at] as i64) << LOW_BITS) + i128::from(memory[at + 1] as i64)
}

pub fn write(memory: &mut [f64], at: usize, value: i128) {
    memory[at] = (value >> LOW_BITS) as i64 as f64;
    memory[at + 1] = (value & LOW_MASK) as i64 as f64;
}

pub fn add(memory: &mut [f64], at: usize, value: i128) {
    let sum = read(memory, at) + value;
    write(memory, at, sum);
}

/// The worth of so many lots at a price in half increments, floored towards zero.
pub fn worth(lots: f64, half_increments: f64, increment_nanos: f64) -> i128 {
    let size = lots * increment_nanos * half_increments;
    if size.abs() < WORTH_MAX as f64 {
        let whole = |value: f64| i128::from(value as i64);
        whole(half_increments) * whole(lots) * whole(increment_nanos) / 2
    } else if size < 0.0 {
        -WORTH_MAX
    } else {
        WORTH_MAX
    }
}
