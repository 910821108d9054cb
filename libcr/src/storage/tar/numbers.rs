//! The two number formats of tar headers and the records of PAX extended headers.
//!
//! Formats: POSIX.1-2017 `pax` ("ustar Interchange Format", "pax Header Block") and the base-256
//! numbers of GNU tar's manual ("Basic Tar Format"). No length found here is believed beyond the
//! slice at hand.

use crate::storage::StorageError;

/// A number field: octal text, or base-256 when its first byte has the high bit.
pub(super) fn number(field: &[u8]) -> Result<i64, StorageError> {
    let bad = || StorageError::tar("a number in a header is malformed");
    if let Some(first) = field.first().filter(|byte| **byte & 0x80 != 0) {
        let negative = first & 0x40 != 0;
        let mut value = i64::from(first & 0x3f) | if negative { !0x3f } else { 0 };
        for byte in &field[1..] {
            value = value.checked_mul(256).ok_or_else(bad)? | i64::from(*byte);
        }
        return Ok(value);
    }
    let text: Vec<u8> = field
        .iter()
        .copied()
        .skip_while(|byte| *byte == b' ')
        .take_while(|byte| *byte != b' ' && *byte != 0)
        .collect();
    text.iter().try_fold(0_i64, |value, digit| match digit {
        b'0'..=b'7' => value
            .checked_mul(8)
            .and_then(|value| value.checked_add(i64::from(digit - b'0')))
            .ok_or_else(bad),
        _ => Err(bad()),
    })
}

/// The same where only lengths, ids and the like make sense.
pub(super) fn unsigned(field: &[u8]) -> Result<u64, StorageError> {
    u64::try_from(number(field)?).map_err(|_| StorageError::tar("a number in a header is negative"))
}

/// Decimal digits, nothing else.
pub(super) fn decimal(text: &[u8]) -> Result<u64, StorageError> {
    std::str::from_utf8(text)
        .ok()
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| StorageError::tar("a decimal number in an extended header is malformed"))
}

/// A PAX time: seconds with an optional sign and fraction, as seconds and nanoseconds.
pub(super) fn time(text: &[u8]) -> Result<(i64, u32), StorageError> {
    let bad = || StorageError::tar("a time in an extended header is malformed");
    let text = std::str::from_utf8(text).map_err(|_| bad())?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let seconds: i64 = whole.parse().map_err(|_| bad())?;
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(bad());
    }
    let digits: String = fraction
        .chars()
        .chain("000000000".chars())
        .take(9)
        .collect();
    let nanoseconds: u32 = digits.parse().map_err(|_| bad())?;
    if whole.starts_with('-') && nanoseconds > 0 {
        return Ok((
            seconds.checked_sub(1).ok_or_else(bad)?,
            1_000_000_000 - nanoseconds,
        ));
    }
    Ok((seconds, nanoseconds))
}

/// Writes a time so that [`time`] reads it back.
pub(super) fn time_text((seconds, nanoseconds): (i64, u32)) -> String {
    if nanoseconds == 0 {
        return seconds.to_string();
    }
    if seconds >= 0 {
        return format!("{seconds}.{nanoseconds:09}");
    }
    // The fraction counts away from zero: 0.25 s before -1 is -1.25.
    let whole = (seconds + 1).unsigned_abs();
    format!("-{whole}.{:09}", 1_000_000_000 - nanoseconds)
}

/// Key and value.
pub(super) type Record<'b> = (&'b [u8], &'b [u8]);

/// The records of an extended header in their order: `LENGTH KEY=VALUE\n`, the length counting all.
pub(super) fn records(mut block: &[u8]) -> Result<Vec<Record<'_>>, StorageError> {
    let bad = || StorageError::tar("an extended header is malformed");
    let mut records = Vec::new();
    while !block.is_empty() && block[0] != 0 {
        let space = block
            .iter()
            .take(20)
            .position(|byte| *byte == b' ')
            .ok_or_else(bad)?;
        let length = usize::try_from(decimal(&block[..space])?).map_err(|_| bad())?;
        let record = block.get(space + 1..length).ok_or_else(bad)?;
        let record = record.strip_suffix(b"\n").ok_or_else(bad)?;
        let equals = record
            .iter()
            .position(|byte| *byte == b'=')
            .ok_or_else(bad)?;
        records.push((&record[..equals], &record[equals + 1..]));
        block = &block[length..];
    }
    Ok(records)
}

/// Appends one record.
pub(super) fn push_record(block: &mut Vec<u8>, key: &[u8], value: &[u8]) {
    let rest = key.len() + value.len() + 3;
    let mut length = rest + 1;
    while rest + length.to_string().len() != length {
        length = rest + length.to_string().len();
    }
    block.extend_from_slice(length.to_string().as_bytes());
    block.push(b' ');
    block.extend_from_slice(key);
    block.push(b'=');
    block.extend_from_slice(value);
    block.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_octal_and_binary() {
        assert_eq!(number(b"0000644\0").unwrap(), 0o644);
        assert_eq!(number(b"   17 \0").unwrap(), 15);
        assert_eq!(number(b"\0\0\0").unwrap(), 0);
        assert_eq!(number(b"\x80\0\0\0\0\0\0\x02\0\0\0\0").unwrap(), 2 << 32);
        assert_eq!(
            number(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe").unwrap(),
            -2
        );
        assert!(number(b"\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff").is_err());
        assert!(number(b"12x").is_err());
        assert!(unsigned(b"\xff\xff\xff\xff").is_err());
    }

    #[test]
    fn times_go_both_ways() {
        for (text, value) in [
            ("0", (0, 0)),
            ("12.5", (12, 500_000_000)),
            ("-1.25", (-2, 750_000_000)),
            ("-0.5", (-1, 500_000_000)),
            ("-3", (-3, 0)),
        ] {
            assert_eq!(time(text.as_bytes()).unwrap(), value, "{text}");
            assert_eq!(time(time_text(value).as_bytes()).unwrap(), value, "{text}");
        }
        assert!(time(b"1.x").is_err());
        assert!(time(b"").is_err());
    }

    #[test]
    fn records_of_every_length_go_both_ways() {
        for length in 0..1200 {
            let value = vec![b'v'; length];
            let mut block = Vec::new();
            push_record(&mut block, b"path", &value);
            push_record(&mut block, b"a", b"b=c\nd");
            assert_eq!(
                records(&block).unwrap(),
                [(&b"path"[..], value.as_slice()), (b"a", b"b=c\nd")]
            );
        }
        for bad in [
            &b"5 a=b"[..],
            b"99 a=b\n",
            b"x a=b\n",
            b"6 abc\n",
            b"0 \n",
            b"3 a=b\n",
        ] {
            assert!(records(bad).is_err(), "{bad:?}");
        }
    }
}
