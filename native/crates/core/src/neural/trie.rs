//! A view of a trie of futures: what a pass reads of its nodes.
//!
//! ```text
//!   node 0 (the context itself: its row belongs to the last position appended)
//!     |- node 1  token 33 -- node 4 ...      parent[4] = 1
//!     |- node 2  token 31                    parent[2] = 0
//!     '- node 3  token 30
//! ```

use std::ops::Range;

use super::error::{NeuralError, demand};
use crate::TOKENS;

/// Contexts that a trie may start from: root 0 is node 0, the present; root 1 + v is the child of
/// node 0 by token v, a branch.
pub const ROOTS: usize = 1 + TOKENS;

/// Struct of arrays, one entry a node; a parent stands before its children.
#[derive(Clone, Copy)]
pub struct Trie<'a> {
    /// The node before; -1 for node 0.
    pub parent: &'a [i32],
    /// Token that led here.
    pub token: &'a [u8],
    /// The scale code it was coded under.
    pub token_code: &'a [u8],
    /// Code of the scale state after it: the ladder of the next token.
    pub code: &'a [u8],
}

impl Trie<'_> {
    /// Checks what a pass over these nodes reads, so that no later step needs to.
    ///
    /// # Errors
    /// If a node is not there, or has a parent, token or code out of range.
    pub fn check(&self, nodes: &Range<usize>) -> Result<(), NeuralError> {
        let lengths = [self.parent.len(), self.token.len(), self.token_code.len(), self.code.len()];
        demand!(
            lengths.iter().all(|&length| nodes.end <= length),
            "trie: arrays of {lengths:?} entries, expected at least {}",
            nodes.end
        );
        for node in nodes.start.max(1)..nodes.end {
            let parent = self.parent[node];
            demand!(
                parent >= 0 && (parent as usize) < node,
                "trie: the parent of node {node} is {parent}, expected 0 to {}",
                node - 1
            );
            let pair = Pair {
                token: self.token[node],
                code: self.token_code[node],
                next_code: self.code[node],
            };
            pair.check()?;
        }
        Ok(())
    }

    /// Which root a node is, if any: see `ROOTS`.
    #[inline]
    pub(super) fn root(&self, node: usize) -> Option<usize> {
        match node {
            0 => Some(0),
            _ => (self.parent[node] == 0).then(|| 1 + usize::from(self.token[node])),
        }
    }

    /// The pair that a node other than 0 adds to the context.
    #[inline]
    pub(super) fn pair(&self, node: usize) -> Pair {
        Pair { token: self.token[node], code: self.token_code[node], next_code: self.code[node] }
    }
}

/// What a position reads (docs/law.md, 11.8).
#[derive(Clone, Copy, Debug, Default)]
pub struct Pair {
    /// The token.
    pub token: u8,
    /// The scale code it was coded under.
    pub code: u8,
    /// Code of the scale state after it.
    pub next_code: u8,
}

impl Pair {
    /// The pairs of a context, oldest first.
    pub(super) fn of_context<'a>(
        tokens: &'a [u8],
        codes: &'a [u8],
        next_code: u8,
    ) -> impl Iterator<Item = Pair> + 'a {
        let next_codes = codes.iter().skip(1).copied().chain([next_code]);
        tokens.iter().zip(codes).zip(next_codes).map(|((&token, &code), next_code)| Pair {
            token,
            code,
            next_code,
        })
    }

    pub(super) fn check(self) -> Result<(), NeuralError> {
        for (name, value) in
            [("token", self.token), ("code", self.code), ("next code", self.next_code)]
        {
            demand!((value as usize) < TOKENS, "{name}: {value}, expected 0 to 63");
        }
        Ok(())
    }
}

/// Checks the arrays of a prefill.
///
/// # Errors
/// If their lengths differ or leave 0..=C, or a token or code is out of range.
pub(super) fn check_context(
    tokens: &[u8],
    codes: &[u8],
    next_code: u8,
    context_moves: usize,
) -> Result<(), NeuralError> {
    demand!(
        tokens.len() == codes.len() && tokens.len() <= context_moves,
        "context: {} tokens and {} codes, expected as many of both, at most {context_moves}",
        tokens.len(),
        codes.len()
    );
    Pair::of_context(tokens, codes, next_code).try_for_each(Pair::check)
}
