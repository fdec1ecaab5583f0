//! Moves as tokens: a signed ladder of 64 rungs, set by the scale's code (docs/law.md, 2).

use crate::TOKENS;
use crate::scale::{SCALE_CODES, SCALE_MAX, SCALE_START, scale_code, scale_threshold};

const RUNGS: usize = TOKENS / 2;

/// Half increments of each token under each code: `TOKEN_MOVES[code][token]`, ascending.
static TOKEN_MOVES: [[i32; TOKENS]; SCALE_CODES] = ladders();

/// Beyond the last rung of any code the size does not matter.
const RUNG_MAX: u32 = TOKEN_MOVES[SCALE_CODES - 1][TOKENS - 1] as u32;

/// Twice the middle between each rung of a code and the next.
static MIDDLES: [[i32; RUNGS - 1]; SCALE_CODES] = middles();

/// Half increments that each token means under a code, ascending.
///
/// # Panics
/// If the code is above 63.
pub fn token_moves(code: u8) -> &'static [i32; TOKENS] {
    &TOKEN_MOVES[usize::from(code)]
}

/// The token of a move that happened (half increments, not 0): the nearest rung, ties down.
///
/// # Panics
/// If the code is above 63.
pub fn token_of(move_half_increments: i32, code: u8) -> u8 {
    let twice = 2 * move_half_increments.unsigned_abs().min(RUNG_MAX) as i32;
    let middles = &MIDDLES[usize::from(code)];
    // Sizes are as good as random: a branch on them would be mispredicted.
    let (mut nearest, mut step) = (0, RUNGS / 2);
    while step > 0 {
        nearest += step * usize::from(middles[nearest + step - 1] < twice);
        step /= 2;
    }
    let token = if move_half_increments < 0 { RUNGS - 1 - nearest } else { RUNGS + nearest };
    token as u8
}

/// True where the alphabet cuts the move off: it is beyond the last rung.
pub fn is_clipped(move_half_increments: i32, code: u8) -> bool {
    i64::from(move_half_increments).abs() > i64::from(token_moves(code)[TOKENS - 1])
}

/// The scale after a token that was coded under `code`: a running mean of magnitudes.
pub fn scale_step(scale: i32, code: u8, token: u8) -> i32 {
    let size = i64::from(token_moves(code)[usize::from(token)]).abs();
    let scale = i64::from(scale);
    let next = scale + (4096 * size - scale).div_euclid(32);
    next.min(i64::from(SCALE_MAX)) as i32
}

/// The scale of an instrument, kept from one epoch to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScaleState {
    /// In 1/4096 half increments.
    pub scale: i32,
}

impl Default for ScaleState {
    /// The state before the first move of an instrument.
    fn default() -> Self {
        Self { scale: SCALE_START }
    }
}

impl ScaleState {
    /// Code of the ladder of the next token.
    pub fn code(self) -> u8 {
        scale_code(self.scale)
    }

    /// The token of the next move (half increments, not 0) and the code it is coded under; the
    /// state moves on.
    pub fn observe(&mut self, move_half_increments: i32) -> (u8, u8) {
        let code = self.code();
        let token = token_of(move_half_increments, code);
        self.scale = scale_step(self.scale, code, token);
        (token, code)
    }
}

const fn middles() -> [[i32; RUNGS - 1]; SCALE_CODES] {
    let ladders = ladders();
    let mut middles = [[0; RUNGS - 1]; SCALE_CODES];
    let mut code = 0;
    while code < SCALE_CODES {
        let mut rung = 0;
        while rung < RUNGS - 1 {
            middles[code][rung] = ladders[code][RUNGS + rung] + ladders[code][RUNGS + rung + 1];
            rung += 1;
        }
        code += 1;
    }
    middles
}

const fn ladders() -> [[i32; TOKENS]; SCALE_CODES] {
    let mut moves = [[0; TOKENS]; SCALE_CODES];
    let mut code = 0;
    while code < SCALE_CODES {
        let mut rung = 0;
        let mut j = 0;
        while j < RUNGS {
            let geometric = ((scale_threshold(code + j) + (1 << 14)) >> 15) as i32;
            rung = if geometric > rung { geometric } else { rung + 1 };
            moves[code][RUNGS + j] = rung;
            moves[code][RUNGS - 1 - j] = -rung;
            j += 1;
        }
        code += 1;
    }
    moves
}

#[cfg(test)]
mod tests {
    use super::{RUNGS, ScaleState, is_clipped, token_moves, token_of};
    use crate::threefry::threefry;

    /// `[move, code before, token, scale after]` of docs/law.md.
    const QUOTES: [(i32, u8, u8, i32); 24] = [
        (1, 12, 32, 16_000),
        (-1, 11, 31, 15_628),
        (2, 11, 33, 15_395),
        (35, 11, 57, 19_009),
        (-3, 12, 29, 18_798),
        (1, 12, 32, 18_338),
        (-500, 12, 0, 31_588),
        (18, 15, 49, 32_904),
        (-2, 16, 30, 32_131),
        (-21, 15, 13, 33_558),
        (1, 16, 32, 32_637),
        (1, 15, 32, 31_745),
        (-1, 15, 31, 30_880),
        (2, 15, 33, 30_171),
        (-1, 15, 31, 29_356),
        (1, 15, 32, 28_566),
        (-35, 15, 10, 31_769),
        (3, 15, 34, 31_160),
        (-1, 15, 31, 30_314),
        (2, 15, 33, 29_622),
        (700, 15, 63, 51_864),
        (-2, 18, 30, 50_499),
        (1, 18, 32, 49_048),
        (-1, 18, 31, 47_643),
    ];

    #[test]
    fn golden_quotes_hold_or_a_context_would_mean_something_else() {
        let mut state = ScaleState::default();
        for (size, code, token, scale) in QUOTES {
            assert_eq!(is_clipped(size, state.code()), size == -500 || size == 700);
            assert_eq!(state.observe(size), (token, code));
            assert_eq!(state.scale, scale);
        }
    }

    #[test]
    fn golden_ladders_hold() {
        let ladders: [(u8, [i32; RUNGS]); 2] = [
            (
                12,
                [
                    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
                    23, 27, 32, 38, 45, 54, 64, 76, 91, 108,
                ],
            ),
            (
                63,
                [
                    3444, 4096, 4870, 5792, 6888, 8192, 9740, 11584, 13776, 16384, 19480, 23168,
                    27552, 32768, 38960, 46336, 55104, 65536, 77920, 92672, 110208, 131072, 155840,
                    185344, 220416, 262144, 311680, 370688, 440832, 524288, 623360, 741376,
                ],
            ),
        ];
        for (code, rungs) in ladders {
            assert_eq!(token_moves(code)[RUNGS..], rungs);
        }
    }

    #[test]
    fn a_token_is_the_nearest_rung_the_smaller_at_a_tie() {
        for index in 0..20_000 {
            let ([bits], [other]) = threefry([1, 2], index, [0]);
            let code = (other % 64) as u8;
            let size = (bits >> (bits % 32)) as i32;
            let size = if size == 0 { 1 } else { size };
            let distance = |token: u8| {
                (i64::from(token_moves(code)[usize::from(token)]) - i64::from(size)).abs()
            };
            let sizes = |token: u8| token_moves(code)[usize::from(token)].abs();
            let nearest = (0..64).min_by_key(|&token| (distance(token), sizes(token)));
            assert_eq!(Some(token_of(size, code)), nearest, "{size} under {code}");
        }
        assert_eq!(token_of(i32::MIN, 0), 0);
    }
}
