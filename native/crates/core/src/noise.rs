//! Keyed noise: what each path adds to each token's logit at one move index.

use crate::TOKENS;
#[cfg(target_arch = "x86_64")]
use crate::avx2::Avx2;
use crate::gumbel::{TABLE_ENTRIES, gumbel_table};
use crate::threefry::{Key, threefry};

/// One counter gives 64 bits: four lanes of 16 bits, one a token.
const LANES: usize = 4;
const COUNTERS: usize = TOKENS / LANES;

/// Writes the noise of one move index for paths 0, 1, ... in rows of 64: `out[path][token]`.
///
/// # Panics
/// If `out` is not whole rows, or holds more than 65,536 of them.
pub fn fill_noise(key: Key, move_index: u32, out: &mut [i32]) {
    let (rows, rest) = out.as_chunks_mut();
    assert!(rest.is_empty() && rows.len() <= 1 << 16, "noise is at most 65,536 rows of 64");
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = Avx2::detect() {
        return avx2.fill_rows(key, move_index, rows);
    }
    fill_rows(key, move_index, rows);
}

/// The portable loop; the AVX2 path is this very code, compiled for wider registers.
#[inline(always)]
pub fn fill_rows(key: Key, move_index: u32, rows: &mut [[i32; TOKENS]]) {
    let table = gumbel_table();
    for (path, row) in rows.iter_mut().enumerate() {
        let counters = std::array::from_fn(|block| (path as u32) << 4 | block as u32);
        let (x0, x1) = threefry::<COUNTERS>(key, move_index, counters);
        for (block, out) in row.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
            *out = [
                look_up(table, x0[block]),
                look_up(table, x0[block] >> 16),
                look_up(table, x1[block]),
                look_up(table, x1[block] >> 16),
            ];
        }
    }
}

#[inline(always)]
fn look_up(table: &[i32; TABLE_ENTRIES], bits: u32) -> i32 {
    table[usize::from(bits as u16)]
}

#[cfg(test)]
mod tests {
    use super::{fill_noise, fill_rows};
    use crate::gumbel::gumbel_table;
    use crate::threefry::threefry;

    #[test]
    fn each_token_reads_its_lane_or_noise_would_depend_on_the_layout() {
        let key = [0xdead_beef, 42];
        let mut noise = vec![0; 3 * 64];
        fill_noise(key, 7, &mut noise);
        for path in 0..3 {
            for token in 0..64 {
                let ([x0], [x1]) = threefry(key, 7, [path << 4 | token >> 2]);
                let lane = [x0 & 0xffff, x0 >> 16, x1 & 0xffff, x1 >> 16][token as usize & 3];
                let index = (path * 64 + token) as usize;
                assert_eq!(noise[index], gumbel_table()[lane as usize]);
            }
        }
    }

    #[test]
    fn wide_registers_change_no_bit_or_machines_would_disagree() {
        let mut portable = vec![[0; 64]; 37];
        let mut dispatched = vec![0; 37 * 64];
        for move_index in [0, 1, 1 << 20, u32::MAX] {
            fill_rows([move_index, 9], move_index, &mut portable);
            fill_noise([move_index, 9], move_index, &mut dispatched);
            assert_eq!(portable.as_flattened(), dispatched);
        }
    }

    #[test]
    #[should_panic(expected = "rows of 64")]
    fn a_torn_row_is_refused() {
        fill_noise([0, 0], 0, &mut [0; 65]);
    }
}
