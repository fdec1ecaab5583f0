//! Random markets: streams of pairs, and tries of what may come next.

use outrider_core::neural::{RandomStream, Trie};
use outrider_core::{ScaleState, TOKENS, scale_code, scale_step};

/// Pairs of a market so far, and the scale state after them.
#[derive(Clone, Default)]
pub struct Market {
    pub tokens: Vec<u8>,
    pub codes: Vec<u8>,
    pub state: ScaleState,
    /// Empty for none.
    pub side_inputs: Vec<i16>,
}

/// A context to prefill: tokens, codes, next code.
pub type Context<'a> = (&'a [u8], &'a [u8], u8);

impl Market {
    /// The latest pairs, up to `context_moves`.
    pub fn context(&self, context_moves: usize) -> Context<'_> {
        let first = self.tokens.len().saturating_sub(context_moves);
        (&self.tokens[first..], &self.codes[first..], self.state.code())
    }

    /// One token more; returns it, its code and the next code.
    pub fn push(&mut self, token: u8) -> (u8, u8, u8) {
        let code = self.state.code();
        self.state.scale = scale_step(self.state.scale, code, token);
        self.tokens.push(token);
        self.codes.push(code);
        (token, code, self.state.code())
    }

    /// A new version of `count` side inputs; now and then none.
    pub fn freeze_side_inputs(&mut self, count: usize, random: &mut RandomStream) {
        let count = if random.below(4) == 0 { 0 } else { count };
        self.side_inputs = (0..count).map(|_| random.below(1 << 16) as u16 as i16).collect();
    }

    /// One random move more, mostly small.
    pub fn step(&mut self, random: &mut RandomStream) -> (u8, u8, u8) {
        let token = random_token(random);
        self.push(token)
    }
}

/// A trie that owns its arrays.
#[derive(Default)]
pub struct Future {
    pub parent: Vec<i32>,
    pub token: Vec<u8>,
    pub token_code: Vec<u8>,
    pub code: Vec<u8>,
    scale: Vec<i32>,
}

impl Future {
    /// A random trie of `nodes` nodes over a market; branches, long chains, siblings.
    pub fn random(market: &Market, nodes: usize, random: &mut RandomStream) -> Self {
        let mut future = Self::default();
        future.push(-1, 0, market.state.scale);
        while future.len() < nodes {
            let last = future.len() - 1;
            let parent = match random.below(4) {
                0 => 0,
                1 => random.below(future.len()),
                _ => last.saturating_sub(random.below(3)),
            };
            let token = random_token(random);
            let scale = scale_step(future.scale[parent], future.code[parent], token);
            future.push(parent as i32, token, scale);
        }
        future
    }

    pub fn len(&self) -> usize {
        self.parent.len()
    }

    pub fn view(&self) -> Trie<'_> {
        let Self { parent, token, token_code, code, .. } = self;
        Trie { parent, token, token_code, code }
    }

    /// The tokens that lead to a node.
    pub fn path(&self, node: usize) -> Vec<u8> {
        let mut path: Vec<u8> =
            std::iter::successors(Some(node), |&node| Some(self.parent[node] as usize))
                .take_while(|&node| node > 0)
                .map(|node| self.token[node])
                .collect();
        path.reverse();
        path
    }

    fn push(&mut self, parent: i32, token: u8, scale: i32) {
        let token_code = usize::try_from(parent).map_or(0, |parent| self.code[parent]);
        self.parent.push(parent);
        self.token.push(token);
        self.token_code.push(token_code);
        self.scale.push(scale);
        self.code.push(scale_code(scale));
    }
}

/// Around the middle of the ladder, now and then anywhere.
fn random_token(random: &mut RandomStream) -> u8 {
    let token = match random.below(16) {
        0 => random.below(TOKENS),
        _ => TOKENS / 2 - 4 + random.below(4) + random.below(5),
    };
    token as u8
}
