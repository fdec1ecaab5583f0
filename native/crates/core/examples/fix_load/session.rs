//! As much of a FIX session as a load needs: logon, logout, an answer to each TestRequest.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use outrider_core::{
    DUPLICATES_MAX, FIELD_VALUES_MAX, FieldScanner, Frame, MESSAGE_BYTES_MAX, SCAN_VALUES, Table,
    next_frame,
};

const SENDER: &str = "OUTRIDER";
const TARGET: &str = "VENUE";
const NO_ANSWER: Duration = Duration::from_secs(20);
const TRIES: usize = 40;
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

pub struct Session {
    stream: TcpStream,
    next_sequence: u64,
    scanner: FieldScanner,
    fields: Vec<i32>,
    duplicates: Vec<i32>,
    bytes: Vec<u8>,
    /// The bytes at hand are [start, end).
    start: usize,
    end: usize,
}

/// One message of the other side: its fields by tag.
pub struct Message<'a> {
    bytes: &'a [u8],
    fields: &'a [i32],
}

impl Message<'_> {
    /// A field's first value; empty where there is none.
    pub fn value(&self, tag: i32) -> &[u8] {
        let found = self.fields.chunks_exact(3).find(|field| field[0] == tag);
        found.map_or(b"", |field| &self.bytes[field[1] as usize..field[2] as usize])
    }
}

impl Session {
    /// Connects to this machine; fails where no Logon comes back. An acceptor that has not yet seen
    /// the end of the connection before this one closes, and is asked again.
    pub fn log_on(port: u16) -> Result<Self> {
        for _ in 0..TRIES {
            match Self::try_log_on(port) {
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => sleep(BETWEEN_TRIES),
                tried => return tried,
            }
        }
        Self::try_log_on(port)
    }

    fn try_log_on(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(NO_ANSWER))?;
        let mut session = Self {
            stream,
            next_sequence: 1,
            scanner: FieldScanner::default(),
            fields: vec![0; FIELD_VALUES_MAX],
            duplicates: vec![0; DUPLICATES_MAX],
            bytes: vec![0; 4 * MESSAGE_BYTES_MAX],
            start: 0,
            end: 0,
        };
        session.send("A", "98=0|108=30|141=Y|")?;
        session.until("A")?;
        Ok(session)
    }

    /// Returns once the other side has logged out too, or closed.
    pub fn log_out(&mut self) -> Result<()> {
        self.send("5", "")?;
        self.until("5")
    }

    /// The number of the next message, which is then taken.
    pub fn take_sequence(&mut self) -> u64 {
        self.next_sequence += 1;
        self.next_sequence - 1
    }

    /// Hands whole messages to the system.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.stream.write_all(bytes)
    }

    /// Waits for bytes; the messages in them come from `next`.
    pub fn read(&mut self) -> Result<()> {
        self.bytes.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        let count = self.stream.read(&mut self.bytes[self.end..])?;
        if count == 0 {
            return Err(Error::new(ErrorKind::UnexpectedEof, "the acceptor closed"));
        }
        self.end += count;
        Ok(())
    }

    /// The next message at hand.
    pub fn next(&mut self) -> Result<Option<Message<'_>>> {
        let (at, frame) = next_frame(&self.bytes[self.start..self.end]);
        let length = match frame {
            Frame::Wait => return Ok(None),
            Frame::Message { bytes } if at == 0 => bytes,
            other => return Err(Error::other(format!("the acceptor sent {other:?} at {at}"))),
        };
        let bytes = &self.bytes[self.start..self.start + length];
        self.start += length;
        let mut values = [0; SCAN_VALUES];
        let (fields, duplicates) = (&mut self.fields[..], &mut self.duplicates[..]);
        let table = Table { fields, duplicates, values: &mut values };
        let count = self.scanner.scan(bytes, table);
        Ok(Some(Message { bytes, fields: &self.fields[..count] }))
    }

    /// Sends a message of the session; `|` stands for the delimiter.
    pub fn send(&mut self, kind: &str, body: &str) -> Result<()> {
        let sequence = self.take_sequence();
        let time = utc_timestamp();
        let body = format!("35={kind}|34={sequence}|49={SENDER}|52={time}|56={TARGET}|{body}");
        let framed = format!("8=FIX.4.4|9={}|{body}", body.len()).replace('|', "\x01");
        let sum = framed.bytes().fold(0_u8, u8::wrapping_add);
        self.write(format!("{framed}10={sum:03}\x01").as_bytes())
    }

    fn until(&mut self, kind: &str) -> Result<()> {
        loop {
            while let Some(message) = self.next()? {
                if message.value(35) == kind.as_bytes() {
                    return Ok(());
                }
            }
            self.read()?;
        }
    }
}

/// Now, in whole milliseconds since 1970.
pub fn unix_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}

/// Today in UTC as `YYYYMMDD`; days to a civil date by Hinnant's `civil_from_days`.
pub fn utc_date() -> u64 {
    let days = unix_ms() / 86_400_000 + 719_468;
    let of_era = days % 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + days / 146_097 * 400 + u64::from(month <= 2);
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    year * 10_000 + month * 100 + day
}

fn utc_timestamp() -> String {
    let ms = unix_ms() % 86_400_000;
    let (hours, minutes, seconds) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
    format!("{}-{hours:02}:{minutes:02}:{seconds:02}.{:03}", utc_date(), ms % 1000)
}
