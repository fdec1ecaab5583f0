//! Made-up FIX messages and what a hostile line makes of them, from a seed.

/// xorshift64*: the same bytes on every machine.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// From 0 to below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 33) as usize % bound.max(1)
    }
}

/// Bodies of messages, `|` for the delimiter; `native/fuzz/seeds` has them too.
pub const BODIES: [&str; 8] = [
    "35=A|34=1|49=DESK|52=20260921-14:13:22.000|56=VENUE|98=0|108=30|141=Y|",
    "35=D|34=2|49=DESK|52=20260921-14:13:22.001|56=VENUE|11=20260921-000001|21=1|38=1000|40=2|\
     44=1.38700|54=1|55=EUR/USD|59=0|60=20260921-14:13:22.001|",
    "35=8|34=3|49=VENUE|52=20260921-14:13:22.002|56=DESK|6=1.387|11=20260921-000001|14=1000|17=1|\
     31=1.387|32=1000|37=1|39=2|54=1|55=EUR/USD|150=F|151=0|",
    "35=4|34=4|43=Y|49=VENUE|52=20260921-14:13:22.003|56=DESK|122=20260921-14:13:22.000|36=9|\
     123=Y|",
    "35=B|34=5|49=VENUE|52=20260921-14:13:22.004|56=DESK|95=5|96=a|b|c|148=news|33=1|58=text|",
    "35=V|34=6|49=DESK|52=20260921-14:13:22.005|56=VENUE|262=r|263=1|264=0|267=2|269=0|269=1|\
     146=1|55=EUR/USD|",
    "35=3|34=7|49=VENUE|52=20260921-14:13:22.006|56=DESK|45=2|58=Required tag missing|371=38|\
     373=1|",
    "35=0|34=8|49=DESK|52=20260921-14:13:22.007|56=VENUE|90=3|91=x|y|112=TEST|627=1|628=HUB|",
];

/// Pieces that a scan treats apart from others.
const PIECES: [&str; 14] = [
    "8=FIX.4.4|",
    "8=FIX",
    "9=",
    "|10=",
    "|",
    "=",
    "95=99999|96=",
    "0=x|",
    "-1=x|",
    "65536=1|",
    "34=",
    "10=000|",
    "9=99999|",
    "58=|",
];

/// A body framed, with the length and the sum it has.
pub fn framed(body: &[u8]) -> Vec<u8> {
    let mut message = format!("8=FIX.4.4\x019={}\x01", body.len()).into_bytes();
    message.extend_from_slice(body);
    let sum = message.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    message.extend_from_slice(format!("10={sum:03}\x01").as_bytes());
    message
}

pub fn bytes_of(text: &str) -> Vec<u8> {
    text.replace('|', "\x01").into_bytes()
}

/// One to five messages, most of them changed somewhere: before they are framed or behind it.
pub fn hostile_stream(random: &mut Random) -> Vec<u8> {
    let mut stream = Vec::new();
    for _ in 0..=random.below(5) {
        let mut body = bytes_of(BODIES[random.below(BODIES.len())]);
        if random.below(2) == 0 {
            mutate(&mut body, random);
        }
        let mut message = framed(&body);
        if random.below(3) == 0 {
            mutate(&mut message, random);
        }
        stream.extend_from_slice(&message);
    }
    stream
}

fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len());
        match random.below(6) {
            0 => bytes.insert(at, random.next() as u8),
            1 if !bytes.is_empty() => bytes[at] = random.next() as u8,
            2 => bytes.truncate(at),
            3 => drop(bytes.drain(at..(at + random.below(9)).min(bytes.len()))),
            4 => {
                let piece = bytes_of(PIECES[random.below(PIECES.len())]);
                bytes.splice(at..at, piece);
            }
            _ => {
                let copy = bytes[at..(at + random.below(40)).min(bytes.len())].to_vec();
                bytes.splice(at..at, copy);
            }
        }
    }
}
