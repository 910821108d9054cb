//! Numbers as sentences have them.

/// Bytes as people say them, in Podman's units: `114.7 kB`, `2.147 GB`.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 1000 {
        return format!("{bytes} bytes");
    }
    let mut scale = 1000;
    let mut unit = 0;
    while bytes / scale >= 1000 && unit + 1 < UNITS.len() {
        scale *= 1000;
        unit += 1;
    }
    // Four digits say enough.
    let (whole, thousandths) = (bytes / scale, bytes % scale / (scale / 1000));
    let digits = match whole {
        0..10 => format!("{whole}.{thousandths:03}"),
        10..100 => format!("{whole}.{:02}", thousandths / 10),
        _ => format!("{whole}.{}", thousandths / 100),
    };
    format!("{digits} {}", UNITS[unit])
}

/// `1 process`, `7 processes`.
pub fn processes(count: usize) -> String {
    if count == 1 {
        "1 process".to_owned()
    } else {
        format!("{count} processes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (999, "999 bytes"),
            (1000, "1.000 kB"),
            (114_688, "114.6 kB"),
            (12_345_678, "12.34 MB"),
            (2_147_483_648, "2.147 GB"),
            (u64::MAX, "18.44 EB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }
}
