//! Memory that starts on a cache line, so that no load of a wide register straddles two.
#![allow(unsafe_code)]

use std::ops::{Deref, DerefMut};

const LINE_BYTES: usize = 64;

/// Numbers that any pattern of bits makes a value of.
pub trait Plain: Copy {}
impl Plain for f32 {}
impl Plain for i32 {}
impl Plain for i8 {}
impl Plain for u8 {}

#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line([u8; LINE_BYTES]);

/// A slice of zeros on its own cache lines; its length is fixed.
pub struct Aligned<T: Plain> {
    lines: Vec<Line>,
    length: usize,
    of: std::marker::PhantomData<T>,
}

impl<T: Plain> Aligned<T> {
    /// `length` zeros.
    pub fn zeros(length: usize) -> Self {
        let lines = (length * size_of::<T>()).div_ceil(LINE_BYTES);
        let of = std::marker::PhantomData;
        Self { lines: vec![Line([0; LINE_BYTES]); lines], length, of }
    }
}

impl<T: Plain> From<&[T]> for Aligned<T> {
    fn from(values: &[T]) -> Self {
        let mut copy = Self::zeros(values.len());
        copy.copy_from_slice(values);
        copy
    }
}

impl<T: Plain> Deref for Aligned<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        // SAFETY: the lines hold at least `length` values, all written, and `T` is plain.
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.length) }
    }
}

impl<T: Plain> DerefMut for Aligned<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as above, and `self` is borrowed alone.
        unsafe { std::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), self.length) }
    }
}
