//! Sizes in memory as `--memory` and `--shm-size` take them: a number, a fraction maybe, and a unit
//! of 1024 (`b`, `k`, `m`, `g`, `t`, `p`, also with `b` or `ib` after it).

/// The number of bytes; Podman's message if there is none.
pub fn parse(text: &str) -> Result<u64, String> {
    let wrong = || format!("invalid size: '{text}'");
    let digits = text
        .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit = unit.trim_start().to_ascii_lowercase();
    let power = match unit
        .strip_suffix("ib")
        .or(unit.strip_suffix('b'))
        .unwrap_or(&unit)
    {
        "" => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        "p" => 5,
        _ => return Err(wrong()),
    };
    let factor = 1024_u64.pow(power);
    if let Ok(whole) = number.parse::<u64>() {
        return whole.checked_mul(factor).ok_or_else(wrong);
    }
    let (whole, fraction) = number.split_once('.').ok_or_else(wrong)?;
    if whole.is_empty() && fraction.is_empty() || fraction.len() > 9 {
        return Err(wrong());
    }
    let count = |word: &str| {
        if word.is_empty() {
            Ok(0)
        } else {
            word.parse::<u64>().map_err(|_| wrong())
        }
    };
    let places = 10_u128.pow(u32::try_from(fraction.len()).map_err(|_| wrong())?);
    let part = u128::from(count(fraction)?) * u128::from(factor) / places;
    let all = u128::from(count(whole)?) * u128::from(factor) + part;
    u64::try_from(all).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn units() {
        assert_eq!(parse("123"), Ok(123));
        assert_eq!(parse("64m"), Ok(64 << 20));
        assert_eq!(parse("64 MB"), Ok(64 << 20));
        assert_eq!(parse("1GiB"), Ok(1 << 30));
        assert_eq!(parse("1.5k"), Ok(1536));
        assert_eq!(parse("0"), Ok(0));
    }

    #[test]
    fn no_sizes() {
        for text in [
            "",
            "foo",
            "-1",
            "1x",
            "1.2.3",
            ".",
            "99999999999999999999",
            "99999999p",
        ] {
            assert_eq!(parse(text), Err(format!("invalid size: '{text}'")));
        }
    }
}
