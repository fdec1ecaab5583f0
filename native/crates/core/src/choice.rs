//! Coupled choice: the token whose logit plus noise is greatest, for a batch of rows.

use crate::TOKENS;
#[cfg(target_arch = "x86_64")]
use crate::avx2::Avx2;

/// One alphabet's worth of logits or noise.
pub type Row = [i32; TOKENS];

/// Where the rows of a batch lie; row r adds `logits[row_offsets[r]..]` and
/// `noise[noise_offsets[r]..]`, 64 values each.
#[derive(Clone, Copy)]
pub struct Batch<'a> {
    /// Logits in Q16 nats, each within 2^30 of zero; sums beyond 32 bits wrap.
    pub logits: &'a [i32],
    /// Gumbel noise in Q16 nats.
    pub noise: &'a [i32],
    /// Start of each row in `logits`.
    pub row_offsets: &'a [i32],
    /// Start of each row in `noise`.
    pub noise_offsets: &'a [i32],
}

/// Chooses a token for each of `choices`, the lowest at a tie, and returns how many rows it chose:
/// fewer than asked only if the next row's offset leaves its table or has no offset at all.
pub fn choose(batch: Batch, choices: &mut [i32]) -> usize {
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = Avx2::detect() {
        return avx2.choose_rows(batch, choices);
    }
    choose_rows(batch, choices, choose_row)
}

/// Walks the batch with one row's argmax passed in.
#[inline(always)]
pub fn choose_rows(batch: Batch, choices: &mut [i32], argmax: impl Fn(&Row, &Row) -> i32) -> usize {
    let offsets = batch.row_offsets.iter().zip(batch.noise_offsets);
    let mut chosen = 0;
    for (choice, (&row_offset, &noise_offset)) in choices.iter_mut().zip(offsets) {
        let (Some(logits), Some(noise)) =
            (row_at(batch.logits, row_offset), row_at(batch.noise, noise_offset))
        else {
            break;
        };
        *choice = argmax(logits, noise);
        chosen += 1;
    }
    chosen
}

/// The portable argmax; a later token must be strictly greater to win.
#[inline(always)]
pub fn choose_row(logits: &Row, noise: &Row) -> i32 {
    let mut best = logits[0].wrapping_add(noise[0]);
    let mut token = 0;
    for candidate in 1..TOKENS {
        let value = logits[candidate].wrapping_add(noise[candidate]);
        if value > best {
            best = value;
            token = candidate as i32;
        }
    }
    token
}

#[inline(always)]
fn row_at(values: &[i32], offset: i32) -> Option<&Row> {
    let start = usize::try_from(offset).ok()?;
    values.get(start..)?.first_chunk()
}

#[cfg(test)]
mod tests {
    use super::{Batch, choose, choose_row, choose_rows};
    use crate::threefry::threefry;

    fn random_values(key: u32, count: usize, range: u32) -> Vec<i32> {
        let value = |index| {
            let ([x0], _) = threefry([key, 1], index, [0]);
            (x0 % (2 * range + 1)) as i32 - range as i32
        };
        (0..count as u32).map(value).collect()
    }

    #[test]
    fn wide_registers_choose_the_same_or_machines_would_disagree() {
        for range in [0, 1, 3, 1 << 16, 1 << 30] {
            let logits = random_values(1, 1_000, range);
            let noise = random_values(2, 1_000, range.min(1 << 20));
            let row_offsets: Vec<i32> = (0..900).collect();
            let noise_offsets: Vec<i32> = (0..900).map(|row| row * 7 % 937).collect();
            let batch = Batch {
                logits: &logits,
                noise: &noise,
                row_offsets: &row_offsets,
                noise_offsets: &noise_offsets,
            };
            let (mut dispatched, mut portable) = (vec![-1; 900], vec![-1; 900]);
            assert_eq!(choose(batch, &mut dispatched), 900);
            assert_eq!(choose_rows(batch, &mut portable, choose_row), 900);
            assert_eq!(dispatched, portable);
        }
    }

    #[test]
    fn the_lowest_index_wins_a_tie_or_paths_would_depend_on_the_machine() {
        for (first, second) in [(0, 63), (5, 6), (7, 8), (31, 32), (62, 63)] {
            let mut logits = [-9; 64];
            logits[first] = 4;
            logits[second] = 4;
            let batch =
                Batch { logits: &logits, noise: &[0; 64], row_offsets: &[0], noise_offsets: &[0] };
            let mut choices = [-1];
            assert_eq!(choose(batch, &mut choices), 1);
            assert_eq!(choices, [first as i32]);
        }
    }

    #[test]
    fn an_offset_outside_its_table_stops_the_batch_before_it() {
        for bad in [-1, 1, 65, i32::MIN, i32::MAX] {
            let batch = Batch {
                logits: &[0; 64],
                noise: &[0; 128],
                row_offsets: &[0, bad, 0],
                noise_offsets: &[64, 0, 0],
            };
            let mut choices = [-1; 3];
            assert_eq!(choose(batch, &mut choices), 1);
            assert_eq!(choices, [0, -1, -1]);
        }
    }
}
