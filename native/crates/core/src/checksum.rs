//! CRC-32C (Castagnoli) of the records of a log, by the processor's instruction where it has it.

const POLYNOMIAL_REVERSED: u32 = 0x82f6_3b78;

/// The checksum of all bytes of both stretches, one behind the other.
#[must_use]
pub fn crc32c(first: &[u8], second: &[u8]) -> u32 {
    !advance(advance(u32::MAX, first), second)
}

#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
fn advance(crc: u32, bytes: &[u8]) -> u32 {
    if std::arch::is_x86_feature_detected!("sse4.2") {
        // SAFETY: the processor has the instruction.
        unsafe { advance_by_instruction(crc, bytes) }
    } else {
        advance_by_table(crc, bytes)
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn advance(crc: u32, bytes: &[u8]) -> u32 {
    advance_by_table(crc, bytes)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "sse4.2")]
fn advance_by_instruction(crc: u32, bytes: &[u8]) -> u32 {
    use std::arch::x86_64::{_mm_crc32_u8, _mm_crc32_u64};
    let (eights, rest) = bytes.as_chunks::<8>();
    let wide = eights
        .iter()
        .fold(u64::from(crc), |crc, eight| _mm_crc32_u64(crc, u64::from_le_bytes(*eight)));
    rest.iter().fold(wide as u32, |crc, byte| _mm_crc32_u8(crc, *byte))
}

fn advance_by_table(crc: u32, bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .fold(crc, |crc, byte| (crc >> 8) ^ TABLE[((crc ^ u32::from(*byte)) & 255) as usize])
}

static TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ POLYNOMIAL_REVERSED } else { crc >> 1 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::{advance_by_table, crc32c};

    #[test]
    fn both_ways_give_the_published_sums_or_a_sound_log_would_be_refused() {
        assert_eq!(crc32c(b"123456789", b""), 0xe306_9283);
        assert_eq!(crc32c(&[0; 16], &[0; 16]), 0x8a91_36aa);
        let bytes: Vec<u8> = (0..300_u32).map(|at| (at * 7) as u8).collect();
        for length in 0..bytes.len() {
            let sum = !advance_by_table(u32::MAX, &bytes[..length]);
            assert_eq!(crc32c(&bytes[..length / 2], &bytes[length / 2..length]), sum);
        }
    }
}
