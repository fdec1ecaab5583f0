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

/// The sum of a function of each block, 11.1.
#[inline(always)]
pub fn sum<L: Lanes>(row: &[Block], term: impl Fn(L) -> L) -> f32 {
    let mut lanes = L::splat(0.0);
    for block in row {
        lanes = lanes.add(term(L::load(block)));
    }
    lanes.fold()
}
