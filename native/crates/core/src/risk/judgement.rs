//! One call under way: whose scopes it is about, and how a limit is held against it.

use super::layout::{alert, answer, header, intent, kind, line, part, scope};
use super::money;

pub struct Judgement<'a> {
    pub memory: &'a mut [f64],
    /// Where the scopes of the call begin in memory, by kind.
    pub scopes: [usize; kind::COUNT],
    /// Kinds of those that have limits.
    limited: Kinds,
    /// What they give to do, bits of `CONTROLS`.
    pub needs: u32,
    /// Under check.
    pub rule: f64,
    pub seen: f64,
    pub amount: i128,
    /// Where the line and the instrument of the call begin.
    pub line: usize,
    pub instrument: usize,
    /// Where its record begins: the intent or the event.
    pub input: usize,
}

/// A set of kinds, a bit each, from the lowest on.
#[derive(Clone, Copy)]
pub struct Kinds(u32);

impl Iterator for Kinds {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        if self.0 == 0 {
            return None;
        }
        let kind = self.0.trailing_zeros() as usize;
        self.0 &= self.0 - 1;
        // Never more; what is indexed by it needs no look then.
        Some(kind.min(kind::COUNT - 1))
    }
}

pub const SOFT: f64 = 1.0;
pub const HARD: f64 = 2.0;

#[derive(Clone, Copy)]
pub struct MoneyHeld {
    pub limit: usize,
    /// The limit itself is too much already.
    pub reaches: bool,
}

impl<'a> Judgement<'a> {
    /// `None` where the record at `input` names what is not there.
    pub fn of(memory: &'a mut [f64], input: usize) -> Option<Self> {
        memory[part::ANSWER + answer::ALERTS] = 0.0;
        let mut scopes = [0; kind::COUNT];
        let scopes_at = memory[header::SCOPES_AT] as usize;
        let (mut first, mut needs, mut limited) = (0.0, 0, 0);
        for kind in 0..kind::COUNT {
            let size = if kind == 0 { 1.0 } else { memory[header::VENUES + kind - 1] };
            let index = if kind == 0 { 0.0 } else { memory[input + intent::VENUE + kind - 1] };
            if !((index as i64) as f64 == index && index >= 0.0 && index < size) {
                return None;
            }
            let at = scopes_at + (first + index) as i64 as usize * part::SCOPE_VALUES;
            scopes[kind] = at;
            let own = memory[at + scope::IS_LIMITED] as u32;
            needs |= own;
            limited |= u32::from(own != 0) << kind;
            first += size;
        }
        let strategy = memory[input + intent::STRATEGY];
        let instrument = memory[input + intent::INSTRUMENT];
        let line = (instrument * memory[header::STRATEGIES] + strategy) as usize;
        let line = memory[header::LINES_AT] as usize + line * part::LINE_VALUES;
        let instruments_at = memory[header::INSTRUMENTS_AT] as usize;
        let instrument = instruments_at + instrument as usize * part::INSTRUMENT_VALUES;
        let (rule, seen, amount) = (0.0, 0.0, 0);
        Some(Self {
            memory,
            scopes,
            limited: Kinds(limited),
            needs,
            rule,
            seen,
            amount,
            line,
            instrument,
            input,
        })
    }

    /// Kinds whose scope has limits.
    pub fn limited(&self) -> Kinds {
        self.limited
    }

    pub fn intent(&self, field: usize) -> f64 {
        self.memory[part::INTENT + field]
    }

    pub fn parameter(&self, kind: usize, parameter: usize) -> f64 {
        self.memory[self.scopes[kind] + scope::PARAMETERS + parameter]
    }

    /// Where a limit stands: soft, hard, warned.
    pub fn limit(&self, kind: usize, limit: usize) -> usize {
        self.scopes[kind] + scope::LIMITS + 3 * limit
    }

    /// Holds `seen` against a limit of every scope; true where it is above a hard one.
    pub fn exceeds(&mut self, limit: usize) -> bool {
        self.limited().any(|kind| self.exceeds_at(kind, limit))
    }

    /// The same for the scope of one kind.
    pub fn exceeds_at(&mut self, kind: usize, limit: usize) -> bool {
        let at = self.limit(kind, limit);
        if self.seen > self.memory[at + 1] {
            self.answer(kind, self.memory[at + 1]);
            return true;
        }
        if self.seen > self.memory[at] {
            if self.memory[at + 2] == 0.0 {
                self.memory[at + 2] = 1.0;
                self.alert(kind, SOFT, self.memory[at]);
            }
        } else {
            self.memory[at + 2] = 0.0;
        }
        false
    }

    /// `amount` against a money limit of the scope of one kind.
    pub fn money_exceeds(&mut self, kind: usize, held: MoneyHeld) -> bool {
        let at = self.scopes[kind] + scope::MONEY_LIMITS + 5 * held.limit;
        if self.is_past(at + 2, held) {
            self.answer(kind, 0.0);
            self.write_money(part::ANSWER + answer::IS_MONEY, at + 2);
            return true;
        }
        if self.is_past(at, held) {
            if self.memory[at + 4] == 0.0 {
                self.memory[at + 4] = 1.0;
                if let Some(place) = self.alert(kind, SOFT, 0.0) {
                    self.write_money(place + alert::IS_MONEY, at);
                }
            }
        } else {
            self.memory[at + 4] = 0.0;
        }
        false
    }

    /// Whether the scope of a kind has a money limit to hold against; one that has none warns of
    /// nothing.
    pub fn has_money_limit(&mut self, kind: usize, limit: usize) -> bool {
        let at = self.scopes[kind] + scope::MONEY_LIMITS + 5 * limit;
        let is_set = self.memory[at].min(self.memory[at + 2]) < f64::INFINITY;
        if !is_set {
            self.memory[at + 4] = 0.0;
        }
        is_set
    }

    fn is_past(&self, at: usize, held: MoneyHeld) -> bool {
        if self.memory[at] == f64::INFINITY {
            return false;
        }
        let limit = money::read(self.memory, at);
        if held.reaches { limit <= self.amount } else { limit < self.amount }
    }

    fn write_money(&mut self, to: usize, limit_at: usize) {
        self.memory[to] = 1.0;
        money::write(self.memory, to + 1, self.amount);
        self.memory.copy_within(limit_at..limit_at + 2, to + 3);
    }

    /// The rule under check objects to `seen`, against what is allowed.
    pub fn answer(&mut self, kind: usize, allowed: f64) {
        let index = self.index(kind);
        let values = [self.rule, kind as f64, index, 0.0, self.seen, 0.0, allowed, 0.0];
        self.memory[part::ANSWER..part::ANSWER + values.len()].copy_from_slice(&values);
    }

    /// The same of a rule that asks a question: it saw 1, and allows 0.
    pub fn forbid(&mut self, kind: usize) -> bool {
        self.seen = 1.0;
        self.answer(kind, 0.0);
        true
    }

    /// Appends an alert of `seen` and says where it stands, if there is room for more.
    pub fn alert(&mut self, kind: usize, level: f64, allowed: f64) -> Option<usize> {
        let count = self.memory[part::ANSWER + answer::ALERTS];
        if count >= part::ALERTS_MAX {
            return None;
        }
        self.memory[part::ANSWER + answer::ALERTS] = count + 1.0;
        let to = part::ALERTS + count as usize * part::ALERT_VALUES;
        self.memory[to + alert::RULE] = self.rule;
        self.memory[to + alert::LEVEL] = level;
        self.memory[to + alert::SCOPE_KIND] = kind as f64;
        self.memory[to + alert::SCOPE_INDEX] = self.index(kind);
        let values = [0.0, self.seen, 0.0, allowed, 0.0];
        let at = to + alert::IS_MONEY;
        self.memory[at..at + values.len()].copy_from_slice(&values);
        Some(to)
    }

    /// What the answer says, as an alert: for a rule that watches where nothing is asked for.
    pub fn alert_answer(&mut self, kind: usize) {
        let from = part::ANSWER + answer::IS_MONEY;
        if let Some(to) = self.alert(kind, HARD, 0.0) {
            self.memory.copy_within(from..from + 5, to + alert::IS_MONEY);
        }
    }

    /// Within its kind.
    fn index(&self, kind: usize) -> f64 {
        let first: f64 = (0..kind)
            .map(|each| if each == 0 { 1.0 } else { self.memory[header::VENUES + each - 1] })
            .sum();
        let scopes_at = self.memory[header::SCOPES_AT] as usize;
        ((self.scopes[kind] - scopes_at) / part::SCOPE_VALUES) as f64 - first
    }

    /// What the line would hold once the intent and all that is open on its side were filled.
    pub fn position_after(&self) -> f64 {
        let side = self.intent(intent::SIDE);
        let open = if side > 0.0 { line::OPEN_BUY_LOTS } else { line::OPEN_SELL_LOTS };
        let others = (self.memory[self.line + open] - self.intent(intent::REPLACED_LOTS)).max(0.0);
        let lots = others + self.intent(intent::LOTS);
        self.memory[self.line + line::POSITION_LOTS] + side * lots
    }

    /// Whether the intent, once filled, leaves a larger position than there is.
    pub fn grows_exposure(&self) -> bool {
        self.position_after().abs() > self.memory[self.line + line::POSITION_LOTS].abs()
    }
}
