//! Threefry-2x32 with 20 rounds (Salmon et al., Random123): a counter in, 64 random bits out.

/// Two 32-bit words: the key of a stream of random bits.
pub type Key = [u32; 2];

const PARITY: u32 = 0x1bd1_1bda;
const ROTATIONS: [[u32; 4]; 2] = [[13, 15, 26, 6], [17, 29, 16, 24]];

/// The random bits under one key at N counters that share their first word.
#[inline(always)]
pub fn threefry<const N: usize>(
    key: Key,
    first_word: u32,
    second_words: [u32; N],
) -> ([u32; N], [u32; N]) {
    let schedule = [key[0], key[1], PARITY ^ key[0] ^ key[1]];
    let mut x0 = [first_word.wrapping_add(schedule[0]); N];
    let mut x1 = second_words.map(|word| word.wrapping_add(schedule[1]));
    for group in 0..5 {
        for rotation in ROTATIONS[group % 2] {
            for lane in 0..N {
                x0[lane] = x0[lane].wrapping_add(x1[lane]);
                x1[lane] = x1[lane].rotate_left(rotation) ^ x0[lane];
            }
        }
        let first_injection = schedule[(group + 1) % 3];
        let second_injection = schedule[(group + 2) % 3].wrapping_add(group as u32 + 1);
        for lane in 0..N {
            x0[lane] = x0[lane].wrapping_add(first_injection);
            x1[lane] = x1[lane].wrapping_add(second_injection);
        }
    }
    (x0, x1)
}

#[cfg(test)]
mod tests {
    use super::threefry;

    #[test]
    fn known_answers_hold_or_every_stream_would_change() {
        let cases = [
            ([0, 0], [0, 0], [0x6b20_0159, 0x99ba_4efe]),
            ([u32::MAX; 2], [u32::MAX; 2], [0x1cb9_96fc, 0xbb00_2be7]),
            ([0x1319_8a2e, 0x0370_7344], [0x243f_6a88, 0x85a3_08d3], [0xc492_3a9c, 0x483d_f7a0]),
        ];
        for (key, counter, [x0, x1]) in cases {
            assert_eq!(threefry(key, counter[0], [counter[1]; 16]), ([x0; 16], [x1; 16]));
        }
    }
}
