//! Medians, ratios pair by pair, and the table that is printed of them.

use std::fmt;

use crate::scenario::Figure;

/// The figures of all rounds with one runtime.
#[derive(Debug)]
pub struct Table {
    title: String,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    megabytes: u32,
    what: &'static str,
    /// Ours and Podman's of one round.
    pairs: Vec<(f64, f64)>,
}

impl Table {
    /// An empty one.
    pub fn new(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            rows: Vec::new(),
        }
    }

    /// Adds one pair of figures of the same thing.
    pub fn add(&mut self, megabytes: u32, ours: &Figure, theirs: &Figure) {
        let pair = (ours.value, theirs.value);
        let same = |row: &&mut Row| row.megabytes == megabytes && row.what == ours.what;
        match self.rows.iter_mut().find(same) {
            Some(row) => row.pairs.push(pair),
            None => self.rows.push(Row {
                megabytes,
                what: ours.what,
                pairs: vec![pair],
            }),
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}", self.title)?;
        writeln!(
            formatter,
            "{:>7}  {:<30}{:>9}{:>9}{:>7}   lowest-highest",
            "memory", "median of", "ours", "Podman", "ratio"
        )?;
        for row in &self.rows {
            let ours = median(row.pairs.iter().map(|pair| pair.0));
            let theirs = median(row.pairs.iter().map(|pair| pair.1));
            let ratios: Vec<f64> = row.pairs.iter().map(|pair| pair.0 / pair.1).collect();
            let ratio = median(ratios.iter().copied());
            let lowest = ratios.iter().copied().fold(f64::INFINITY, f64::min);
            let highest = ratios.iter().copied().fold(0.0, f64::max);
            writeln!(
                formatter,
                "{:>4} MiB {:<30}{ours:>9.1}{theirs:>9.1}{ratio:>7.2}   {lowest:.2}-{highest:.2}",
                row.megabytes, row.what
            )?;
        }
        Ok(())
    }
}

/// The middle one, or the mean of the two in the middle; 0 of nothing.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => 0.0,
        count if count % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(value: f64) -> Figure {
        Figure {
            what: "x, ms",
            value,
        }
    }

    #[test]
    fn medians() {
        assert!(median([3.0, 1.0, 2.0].into_iter()).total_cmp(&2.0).is_eq());
        assert!(median([4.0, 1.0].into_iter()).total_cmp(&2.5).is_eq());
    }

    #[test]
    fn the_ratio_is_of_pairs() {
        let mut table = Table::new("t");
        for (ours, theirs) in [(10.0, 20.0), (100.0, 100.0), (30.0, 40.0)] {
            table.add(0, &figure(ours), &figure(theirs));
        }
        table.add(100, &figure(1.0), &figure(2.0));
        let text = table.to_string();
        let rows: Vec<&str> = text.lines().skip(2).collect();
        assert_eq!(rows.len(), 2);
        let words: Vec<&str> = rows[0].split_whitespace().collect();
        assert_eq!(
            &words[2..],
            ["x,", "ms", "30.0", "40.0", "0.75", "0.50-1.00"]
        );
    }
}
