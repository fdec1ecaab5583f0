//! What a model or a session refuses, in words for whoever gave it.

use std::fmt;

/// Names the tensor, field or argument, its value and what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeuralError(String);

impl NeuralError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for NeuralError {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for NeuralError {}

/// Returns early with a formatted error unless the condition holds.
macro_rules! demand {
    ($condition:expr, $($message:tt)+) => {
        if !$condition {
            return Err($crate::neural::error::NeuralError::new(format!($($message)+)));
        }
    };
}
pub(super) use demand;
