//! Repeated-execution throttle: so many fills within a window halt the scope.

use super::super::judgement::Judgement;
use super::super::layout::{event, limit, parameter, ring, scope};
use super::super::ring::{empty, forget, push};
use super::super::rules;
use super::kill_switch::trip;

pub fn count_execution(judgement: &mut Judgement<'_>) {
    judgement.rule = rules::REPEATED_EXECUTION;
    let now_ns = judgement.memory[judgement.input + event::NOW_NS];
    for kind in judgement.limited() {
        let window_ns = judgement.parameter(kind, parameter::EXECUTION_WINDOW_NS);
        if window_ns == 0.0 {
            continue;
        }
        let executions = judgement.scopes[kind] + scope::EXECUTION_RING;
        forget(judgement.memory, executions, now_ns - window_ns);
        push(judgement.memory, executions, now_ns);
        judgement.seen = judgement.memory[executions + ring::COUNT];
        if judgement.exceeds_at(kind, limit::EXECUTIONS) {
            let allowed = judgement.memory[judgement.limit(kind, limit::EXECUTIONS) + 1];
            trip(judgement, kind, scope::HALTED, allowed);
            empty(judgement.memory, executions);
        }
    }
}
