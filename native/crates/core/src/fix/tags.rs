//! The FIX 4.4 tags a scan must know; `native/fix-tags.ts` has the same.

pub(super) const MSG_SEQ_NUM: usize = 34;
pub(super) const CHECK_SUM: usize = 10;

/// MsgSeqNum, SenderCompID, SendingTime, TargetCompID: in every header.
pub(super) const REQUIRED: [usize; 4] = [34, 49, 52, 56];

const HEADER_TAGS: [usize; 30] = [
    8, 9, 35, 49, 56, 115, 128, 90, 91, 34, 50, 142, 57, 143, 116, 144, 129, 145, 43, 97, 52, 122,
    212, 213, 347, 369, 627, 628, 629, 630,
];

/// A length field, and the data field that must follow it and may contain the delimiter.
const DATA_TAGS: [(usize, usize); 16] = [
    (90, 91),
    (93, 89),
    (95, 96),
    (212, 213),
    (348, 349),
    (350, 351),
    (352, 353),
    (354, 355),
    (356, 357),
    (358, 359),
    (360, 361),
    (362, 363),
    (364, 365),
    (445, 446),
    (618, 619),
    (621, 622),
];

const TABLE_TAGS: usize = 1024;
/// In place of a data tag, for fields of the header.
const HEADER: u16 = 1 << 15;

/// A tag's data tag or 0, and whether it belongs to the header.
static KNOWN: [u16; TABLE_TAGS] = {
    let mut known = [0; TABLE_TAGS];
    let mut at = 0;
    while at < DATA_TAGS.len() {
        known[DATA_TAGS[at].0] = DATA_TAGS[at].1 as u16;
        at += 1;
    }
    at = 0;
    while at < HEADER_TAGS.len() {
        known[HEADER_TAGS[at]] |= HEADER;
        at += 1;
    }
    known
};

/// True for the fields of the standard header, which stand before every body field.
pub(super) fn is_header(tag: usize) -> bool {
    KNOWN.get(tag).is_some_and(|known| known & HEADER != 0)
}

/// The data field whose length this tag gives.
pub(super) fn data_tag_of(length_tag: usize) -> Option<usize> {
    let data_tag = usize::from(KNOWN.get(length_tag)? & !HEADER);
    (data_tag != 0).then_some(data_tag)
}
