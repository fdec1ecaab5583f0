//! UTCTimestamp text of Unix milliseconds: `YYYYMMDD-HH:MM:SS.sss`.

use super::digits;

pub(super) const TIME_BYTES: usize = 21;
/// 9999-12-31T23:59:59.999Z: the last time four digits of a year can say.
pub(super) const UNIX_MS_MAX: u64 = 253_402_300_799_999;

const MS_PER_DAY: u64 = 86_400_000;

/// The text of the latest time; nearly every message shares its day with the last.
pub(super) struct TimeText {
    day: u64,
    text: [u8; TIME_BYTES],
}

impl TimeText {
    pub(super) fn new() -> Self {
        Self { day: u64::MAX, text: *b"YYYYMMDD-HH:MM:SS.sss" }
    }

    /// The text of a time up to `UNIX_MS_MAX`.
    pub(super) fn of(&mut self, unix_ms: u64) -> &[u8; TIME_BYTES] {
        let day = unix_ms / MS_PER_DAY;
        if day != self.day {
            self.day = day;
            digits::write(&mut self.text[..8], date_of(day));
        }
        let ms = (unix_ms % MS_PER_DAY) as u32;
        let seconds = ms / 1_000;
        let minutes = seconds / 60;
        digits::write(&mut self.text[9..11], u64::from(minutes / 60));
        digits::write(&mut self.text[12..14], u64::from(minutes % 60));
        digits::write(&mut self.text[15..17], u64::from(seconds % 60));
        digits::write(&mut self.text[18..21], u64::from(ms % 1_000));
        &self.text
    }
}

/// The date YYYYMMDD as a number, of days since 1970; years begin in March inside.
fn date_of(day: u64) -> u64 {
    let shifted = day + 719_468;
    let era = shifted / 146_097;
    let of_era = shifted % 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    year * 10_000 + month * 100 + of_month
}

/// Reads such texts back, the latest day's at once.
#[derive(Default)]
pub(super) struct TimeReader {
    date: [u8; 8],
    day: u64,
}

impl TimeReader {
    /// Unix milliseconds; `None` for a text of another form, a day or hour that is none, or a leap
    /// second.
    pub(super) fn read(&mut self, text: &[u8]) -> Option<u64> {
        let text: &[u8; TIME_BYTES] = text.try_into().ok()?;
        let is_formed = text[8] == b'-' && text[11] == b':' && text[14] == b':' && text[17] == b'.';
        if !is_formed {
            return None;
        }
        if text[..8] != self.date {
            self.day = day_of(number(&text[..8])?)?;
            self.date.copy_from_slice(&text[..8]);
        }
        let (hours, minutes) = (number(&text[9..11])?, number(&text[12..14])?);
        let (seconds, ms) = (number(&text[15..17])?, number(&text[18..])?);
        let is_time = hours < 24 && minutes < 60 && seconds < 60;
        let of_day = ((hours * 60 + minutes) * 60 + seconds) * 1_000 + ms;
        is_time.then_some(self.day * MS_PER_DAY + of_day)
    }
}

/// Days since 1970 of a date YYYYMMDD from then on; `None` where there is no such day.
fn day_of(date: u64) -> Option<u64> {
    let (year, month, of_month) = (date / 10_000, date / 100 % 100, date % 100);
    if year < 1970 || !(1..=12).contains(&month) {
        return None;
    }
    let shifted = if month <= 2 { year - 1 } else { year };
    let year_of_era = shifted % 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + of_month.checked_sub(1)?;
    let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
    let day = shifted / 400 * 146_097 + of_era - 719_468;
    (date_of(day) == date).then_some(day)
}

fn number(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0, |number, byte| {
        byte.is_ascii_digit().then(|| number * 10 + u64::from(byte - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::{TimeReader, TimeText, UNIX_MS_MAX};

    #[test]
    fn a_time_that_is_written_is_read_back_and_one_that_is_none_is_not() {
        let (mut text, mut reader) = (TimeText::new(), TimeReader::default());
        for step in 0..200_000 {
            let unix_ms = step * 1_266_757_931 % UNIX_MS_MAX;
            assert_eq!(reader.read(text.of(unix_ms)), Some(unix_ms));
        }
        for wrong in [
            "19691231-23:59:59.999",
            "20140229-10:00:00.000",
            "20141301-10:00:00.000",
            "20140500-10:00:00.000",
            "20140502-24:00:00.000",
            "20140502-10:60:00.000",
            "20140502-10:00:60.000",
            "20140502 10:00:00.000",
            "20140502-10:00:00",
            "2014050x-10:00:00.000",
        ] {
            assert_eq!(reader.read(wrong.as_bytes()), None, "{wrong}");
        }
    }

    #[test]
    fn known_times_have_their_texts() {
        let mut text = TimeText::new();
        for (unix_ms, expected) in [
            (0, "19700101-00:00:00.000"),
            (951_782_399_999, "20000228-23:59:59.999"),
            (951_782_400_000, "20000229-00:00:00.000"),
            (1_399_024_800_123, "20140502-10:00:00.123"),
            (UNIX_MS_MAX, "99991231-23:59:59.999"),
        ] {
            assert_eq!(text.of(unix_ms), expected.as_bytes());
        }
    }
}
