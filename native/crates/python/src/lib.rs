//! The tokeniser and the scale of `outrider-core` as C functions, which Python's ctypes calls.
//!
//! `unsafe` because a C interface is pointers: `models/training/tokeniser.py` alone calls it, with
//! arrays whose lengths and types it has checked.
#![allow(unsafe_code)]

use std::slice::{from_raw_parts, from_raw_parts_mut};

use outrider_core::{ScaleState, token_of};

/// Raised whenever a function below changes its meaning.
const INTERFACE: u32 = 1;

/// The interface Python must know.
#[unsafe(no_mangle)]
pub extern "C" fn outrider_interface() -> u32 {
    INTERFACE
}

/// Tokens and scale codes of moves (half increments, none 0) that follow each other, from a scale
/// on; answers the scale after the last.
///
/// # Safety
/// Each pointer holds `length` values, and nothing else writes to them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn outrider_tokenise(
    moves: *const i32,
    tokens: *mut u8,
    codes: *mut u8,
    length: usize,
    scale: i32,
) -> i32 {
    // SAFETY: the caller's promise.
    let (moves, tokens, codes) = unsafe {
        (
            from_raw_parts(moves, length),
            from_raw_parts_mut(tokens, length),
            from_raw_parts_mut(codes, length),
        )
    };
    let mut state = ScaleState { scale };
    for (&size, (token, code)) in moves.iter().zip(tokens.iter_mut().zip(codes)) {
        (*token, *code) = state.observe(size);
    }
    state.scale
}

/// The token of each move (half increments, none 0) under a code of its own, all below 64.
///
/// # Safety
/// Each pointer holds `length` values, and nothing else writes to them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn outrider_tokens_of(
    moves: *const i32,
    codes: *const u8,
    tokens: *mut u8,
    length: usize,
) {
    // SAFETY: the caller's promise.
    let (moves, codes, tokens) = unsafe {
        (
            from_raw_parts(moves, length),
            from_raw_parts(codes, length),
            from_raw_parts_mut(tokens, length),
        )
    };
    for (token, (&size, &code)) in tokens.iter_mut().zip(moves.iter().zip(codes)) {
        *token = token_of(size, code);
    }
}

/// Code of the ladder under a scale.
#[unsafe(no_mangle)]
pub extern "C" fn outrider_scale_code(scale: i32) -> u8 {
    outrider_core::scale_code(scale)
}

/// Scale before the first move of an instrument.
#[unsafe(no_mangle)]
pub extern "C" fn outrider_scale_start() -> i32 {
    outrider_core::SCALE_START
}
