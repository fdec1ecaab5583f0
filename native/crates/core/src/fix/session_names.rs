//! Who speaks in a session's messages, and of what: names and units that plain messages have.

use super::order::{OrderUnits, Scale, are_writable};

/// The names in the order of the messages that are read or written, and the instruments.
pub(super) struct SessionNames {
    pub(super) sender: Vec<u8>,
    pub(super) target: Vec<u8>,
    pub(super) instruments: Vec<(Vec<u8>, Scale)>,
}

impl SessionNames {
    /// `None` for names or units that no order could be written in.
    pub(super) fn of(sender: &[u8], target: &[u8], instruments: &[OrderUnits<'_>]) -> Option<Self> {
        are_writable(sender, target, instruments).then(|| Self {
            sender: sender.to_vec(),
            target: target.to_vec(),
            instruments: instruments
                .iter()
                .map(|each| (each.symbol.to_vec(), Scale::of(each)))
                .collect(),
        })
    }
}
