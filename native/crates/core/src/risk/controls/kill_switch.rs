//! Kill switch: in a halted scope nothing new leaves, in a reducing one only what shrinks.

use super::super::judgement::{HARD, Judgement};
use super::super::layout::{intent, kind, scope};

/// The refusal names the rule that halted the scope.
pub fn is_halted(judgement: &mut Judgement<'_>) -> bool {
    for kind in 0..kind::COUNT {
        let at = judgement.scopes[kind];
        if judgement.memory[at + scope::STATE] == scope::HALTED {
            judgement.rule = judgement.memory[at + scope::TRIPPED_RULE];
            return judgement.forbid(kind);
        }
    }
    false
}

pub fn grows_where_reducing(judgement: &mut Judgement<'_>) -> bool {
    for kind in 0..kind::COUNT {
        let state = judgement.memory[judgement.scopes[kind] + scope::STATE];
        if state == scope::REDUCING && judgement.grows_exposure() {
            return judgement.forbid(kind);
        }
    }
    false
}

/// A rule takes a scope to a stricter state, from which operators alone bring it back.
pub fn trip(judgement: &mut Judgement<'_>, kind: usize, state: f64, allowed: f64) {
    let at = judgement.scopes[kind];
    if judgement.memory[at + scope::STATE] >= state {
        return;
    }
    judgement.memory[at + scope::STATE] = state;
    judgement.memory[at + scope::TRIPPED_RULE] = judgement.rule;
    judgement.memory[at + scope::TRIPPED_NS] = judgement.memory[judgement.input + intent::NOW_NS];
    judgement.alert(kind, HARD, allowed);
}
