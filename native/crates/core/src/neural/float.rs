//! The law's functions of singles (docs/law.md, 11): the same bits on every path and machine.
#![expect(
    clippy::excessive_precision,
    clippy::approx_constant,
    reason = "the law fixes the digits"
)]

use super::lanes::{Block, LANES, Lanes};

/// A row as whole blocks.
///
/// # Panics
/// If its length is no multiple of 16.
#[inline(always)]
pub fn blocks(row: &[f32]) -> &[Block] {
    let (blocks, rest) = row.as_chunks();
    assert!(rest.is_empty(), "rows are whole blocks of {LANES}");
    blocks
}

/// As `blocks`, to write to.
#[inline(always)]
pub fn blocks_mut(row: &mut [f32]) -> &mut [Block] {
    let (blocks, rest) = row.as_chunks_mut();
    assert!(rest.is_empty(), "rows are whole blocks of {LANES}");
    blocks
}

/// exp(x), 11.2.
#[inline(always)]
pub fn exp<L: Lanes>(x: L) -> L {
    let x = x.max(L::splat(-87.0)).min(L::splat(87.0));
    let n = x.mul(L::splat(1.442_695_04)).round();
    let r = x.sub(n.mul(L::splat(0.693_359_375))).sub(n.mul(L::splat(-2.121_944_40e-4)));
    let mut p = L::splat(1.987_569_15e-4);
    for coefficient in [
        1.398_199_950_7e-3,
        8.333_451_907_3e-3,
        4.166_579_589_4e-2,
        1.666_666_545_9e-1,
        5.000_000_120_1e-1,
    ] {
        p = p.mul(r).add(L::splat(coefficient));
    }
    p.mul(r.mul(r)).add(r).add(L::splat(1.0)).mul(n.power_of_two())
}

/// ln(x) of positive normal x, 11.3.
#[inline(always)]
pub fn ln<L: Lanes>(x: L) -> L {
    let (m, e) = x.decompose();
    let limit = L::splat(1.414_213_56);
    let one = L::splat(1.0);
    let e = m.select_greater(limit, e.add(one), e);
    let m = m.select_greater(limit, m.mul(L::splat(0.5)), m);
    let z = m.sub(one);
    let mut p = L::splat(7.037_683_629_2e-2);
    for coefficient in [
        -1.151_461_031_0e-1,
        1.167_699_874_0e-1,
        -1.242_014_084_6e-1,
        1.424_932_278_7e-1,
        -1.666_805_766_5e-1,
        2.000_071_476_5e-1,
        -2.499_999_399_3e-1,
        3.333_333_117_4e-1,
    ] {
        p = p.mul(z).add(L::splat(coefficient));
    }
    let y = p.mul(z).mul(z.mul(z));
    let y = y.add(e.mul(L::splat(-2.121_944_40e-4)));
    let y = y.sub(L::splat(0.5).mul(z.mul(z)));
    z.add(y).add(e.mul(L::splat(0.693_359_375)))
}

/// 1 / (1 + exp(-x)), 11.4.
#[inline(always)]
pub fn sigmoid<L: Lanes>(x: L) -> L {
    let one = L::splat(1.0);
    one.div(one.add(exp(x.mul(L::splat(-1.0)))))
}

/// 2 / (1 + exp(-2 x)) - 1, 11.4.
#[inline(always)]
pub fn tanh<L: Lanes>(x: L) -> L {
    let one = L::splat(1.0);
    L::splat(2.0).div(one.add(exp(x.mul(L::splat(-2.0))))).sub(one)
}

/// The sum of x * x, 11.1.
#[inline(always)]
pub fn sum_of_squares<L: Lanes>(row: &[Block]) -> f32 {
    let mut lanes = L::splat(0.0);
    for block in row {
        let x = L::load(block);
        lanes = lanes.add(x.mul(x));
    }
    lanes.fold()
}

#[cfg(test)]
mod tests {
    use super::super::instructions::{Instructions, kernel};
    use super::super::lanes::{LANES, Lanes};
    use super::{blocks, blocks_mut, exp, ln, sigmoid, sum_of_squares, tanh};
    use crate::threefry::threefry;

    /// Rows of exp, ln of the magnitude, sigmoid and tanh; the sum of the squares of the row.
    type Values = ([Vec<f32>; 4], f32);

    kernel! {
        fn values(row: &[f32]) -> Values = all_values;
    }

    #[inline(always)]
    fn all_values<L: Lanes>(row: &[f32]) -> Values {
        let mut out = std::array::from_fn(|_| vec![0.0; row.len()]);
        for (index, block) in blocks(row).iter().enumerate() {
            let x = L::load(block);
            let results = [exp(x), ln(x.abs()), sigmoid(x), tanh(x)];
            for (out, result) in out.iter_mut().zip(results) {
                result.store(&mut blocks_mut(out)[index]);
            }
        }
        (out, sum_of_squares::<L>(blocks(row)))
    }

    /// Normal numbers of all magnitudes up to 2^limit.
    fn random_row(seed: u32, limit: i32) -> Vec<f32> {
        let number = |index| {
            let ([x], [y]) = threefry([seed, 7], index, [0]);
            let exponent = (y % (126 + limit) as u32) + 1;
            f32::from_bits((x & 0x807f_ffff) | exponent << 23)
        };
        (0..LANES as u32 * 1_000).map(number).collect()
    }

    #[test]
    fn every_instruction_set_gives_the_same_bits_or_machines_would_disagree() {
        for (seed, limit) in [(1, 120), (2, 7), (3, 1)] {
            let row = random_row(seed, limit);
            let bits = |(rows, sum): Values| {
                (
                    rows.map(|row| row.into_iter().map(f32::to_bits).collect::<Vec<_>>()),
                    sum.to_bits(),
                )
            };
            let portable = bits(values(Instructions::PORTABLE, &row));
            for set in Instructions::NAMES.into_iter().filter_map(Instructions::named) {
                assert!(bits(values(set, &row)) == portable, "{} differs", set.name());
            }
        }
    }

    #[test]
    fn functions_are_those_of_mathematics_within_a_few_units_in_the_last_place() {
        let row = random_row(4, 7);
        let ([exps, lns, sigmoids, tanhs], _) = values(Instructions::best(), &row);
        for (index, &x) in row.iter().enumerate() {
            let wide = f64::from(x);
            let near = |value: f32, exact: f64, units: f64| {
                let error = (f64::from(value) - exact).abs();
                let unit = f64::from(f32::EPSILON) * exact.abs();
                assert!(error <= units * unit, "of {x}: {value}, expected {exact}");
            };
            near(exps[index], wide.clamp(-87.0, 87.0).exp(), 2.0);
            near(lns[index], wide.abs().ln(), 2.0);
            near(sigmoids[index], 1.0 / (1.0 + (-wide.max(-87.0)).exp()), 3.0);
            assert!((f64::from(tanhs[index]) - wide.tanh()).abs() < 3e-7);
        }
    }

    #[test]
    fn a_sum_adds_lane_by_lane_and_folds_as_the_law_says() {
        // Squares: lane 0 keeps 2^-26 beside 2^-26, lane 8 loses it beside 1: the order shows.
        let (one, small) = (1.0_f32, 2.0_f32.powi(-13));
        let mut row = vec![0.0; 2 * LANES];
        (row[0], row[16], row[8], row[24]) = (small, small, one, small);
        let in_order = (small * small + small * small) + (one + small * small);
        for set in Instructions::NAMES.into_iter().filter_map(Instructions::named) {
            assert_eq!(values(set, &row).1, in_order);
        }
        // 24 ones of 2^-24 each beside 1: added to it one after another they vanish, folded first
        // they do not.
        let row: Vec<f32> =
            (0..2 * LANES).map(|j| if j == 0 { 1.0 } else { small / 2.0 }).collect();
        let tiny = small * small / 4.0;
        let (eight, four) = (2.0 * tiny + 2.0 * tiny, 4.0 * tiny + 4.0 * tiny);
        let two = four + four;
        let fold = (((1.0 + tiny) + 2.0 * tiny) + eight) + four + two;
        for set in Instructions::NAMES.into_iter().filter_map(Instructions::named) {
            assert_eq!(values(set, &row).1, fold);
        }
    }
}
