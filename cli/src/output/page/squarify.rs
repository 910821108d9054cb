//! The geometry of a map: rectangles whose areas are to each other as given numbers, as square as
//! can be (Bruls, Huizing, van Wijk, «Squarified Treemaps», 2000). Knows nothing of drawing.

/// A rectangle; all of it is within the one it was made for.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Area {
    /// Left edge.
    pub(super) x: f64,
    /// Upper edge.
    pub(super) y: f64,
    /// Width.
    pub(super) width: f64,
    /// Height.
    pub(super) height: f64,
}

impl Area {
    fn size(self) -> f64 {
        self.width * self.height
    }
}

/// One rectangle a number, in the order of the numbers; they fill `within`, unless all are zero.
#[expect(
    clippy::cast_precision_loss,
    reason = "a drawing has fewer pixels than a float has digits"
)]
pub(super) fn squarify(numbers: &[u64], within: Area) -> Vec<Area> {
    let nothing = Area {
        width: 0.0,
        height: 0.0,
        ..within
    };
    let mut areas = vec![nothing; numbers.len()];
    let total: f64 = numbers.iter().map(|number| *number as f64).sum();
    if total <= 0.0 || within.size() <= 0.0 {
        return areas;
    }
    let mut order: Vec<usize> = (0..numbers.len()).filter(|at| numbers[*at] > 0).collect();
    order.sort_by_key(|at| std::cmp::Reverse(numbers[*at]));
    let sizes: Vec<f64> = order
        .iter()
        .map(|at| numbers[*at] as f64 / total * within.size())
        .collect();
    let (mut free, mut start) = (within, 0);
    while start < sizes.len() {
        let length = row_length(&sizes[start..], free.width.min(free.height));
        let last = start + length == sizes.len();
        let (row, rest) = place_row(&sizes[start..start + length], free, last);
        for (at, area) in order[start..].iter().zip(row) {
            areas[*at] = area;
        }
        free = rest;
        start += length;
    }
    areas
}

/// How many of `sizes` make the row with the best worst shape along `side`.
fn row_length(sizes: &[f64], side: f64) -> usize {
    let (mut sum, mut best) = (0.0, f64::INFINITY);
    for (length, size) in sizes.iter().enumerate() {
        sum += size;
        let (scale, smallest) = (sum * sum / (side * side), *size);
        let worst = (sizes[0] / scale).max(scale / smallest);
        if worst > best {
            return length;
        }
        best = worst;
    }
    sizes.len()
}

/// Places a row along the shorter side; returns what is left free. The last rectangle of a row, and
/// the last row, take what is left, so that rounding leaves no gap and nothing sticks out.
fn place_row(sizes: &[f64], free: Area, last: bool) -> (Vec<Area>, Area) {
    let upright = free.width >= free.height;
    let (side, depth) = if upright {
        (free.height, free.width)
    } else {
        (free.width, free.height)
    };
    let sum: f64 = sizes.iter().sum();
    let thick = if last || side <= 0.0 {
        depth
    } else {
        (sum / side).min(depth)
    };
    let mut offset = 0.0;
    let row = sizes
        .iter()
        .enumerate()
        .map(|(at, size)| {
            let left = side - offset;
            let length = if at + 1 == sizes.len() {
                left
            } else {
                (size / sum * side).min(left)
            };
            let area = if upright {
                Area {
                    x: free.x,
                    y: free.y + offset,
                    width: thick,
                    height: length,
                }
            } else {
                Area {
                    x: free.x + offset,
                    y: free.y,
                    width: length,
                    height: thick,
                }
            };
            offset += length;
            area
        })
        .collect();
    let rest = if upright {
        Area {
            x: free.x + thick,
            width: depth - thick,
            ..free
        }
    } else {
        Area {
            y: free.y + thick,
            height: depth - thick,
            ..free
        }
    };
    (row, rest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MAP: Area = Area {
        x: 10.0,
        y: 20.0,
        width: 960.0,
        height: 420.0,
    };
    const CLOSE: f64 = 1e-6;

    fn overlap(one: Area, other: Area) -> f64 {
        let along = |a: f64, b: f64, c: f64, d: f64| (a + b).min(c + d) - a.max(c);
        let wide = along(one.x, one.width, other.x, other.width).max(0.0);
        wide * along(one.y, one.height, other.y, other.height).max(0.0)
    }

    #[expect(clippy::cast_precision_loss, reason = "compared within a tolerance")]
    fn check(numbers: &[u64]) {
        let areas = squarify(numbers, MAP);
        assert_eq!(areas.len(), numbers.len());
        let total: f64 = numbers.iter().map(|number| *number as f64).sum();
        for (number, area) in numbers.iter().zip(&areas) {
            assert!(area.width >= 0.0 && area.height >= 0.0, "{area:?}");
            assert!(area.x >= MAP.x - CLOSE && area.y >= MAP.y - CLOSE);
            assert!(area.x + area.width <= MAP.x + MAP.width + CLOSE);
            assert!(area.y + area.height <= MAP.y + MAP.height + CLOSE);
            let wanted = if total > 0.0 {
                *number as f64 / total * MAP.size()
            } else {
                0.0
            };
            let wrong = (area.size() - wanted).abs();
            assert!(wrong <= CLOSE * MAP.size(), "{area:?} is not {wanted}");
        }
        for (at, one) in areas.iter().enumerate() {
            for other in &areas[at + 1..] {
                assert!(overlap(*one, *other) < CLOSE, "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn nothing_gets_nothing() {
        assert!(squarify(&[], MAP).is_empty());
        check(&[0]);
        check(&[0, 0, 0]);
        let flat = Area { height: 0.0, ..MAP };
        assert!(
            squarify(&[1, 2], flat)
                .iter()
                .all(|area| area.size() == 0.0)
        );
    }

    #[test]
    fn one_gets_all() {
        assert_eq!(squarify(&[7], MAP), [MAP]);
        assert_eq!(squarify(&[0, 7, 0], MAP)[1], MAP);
    }

    #[test]
    fn extremes() {
        check(&[u64::MAX; 9]);
        check(&[u64::MAX, 1, 0, 1, u64::MAX]);
        check(&[1; 400]);
    }

    #[test]
    fn shapes_are_near_squares() {
        let even = squarify(&[6, 6, 4, 3, 2, 2, 1], MAP);
        for area in even {
            let ratio = (area.width / area.height).max(area.height / area.width);
            assert!(ratio < 3.0, "{area:?}");
        }
    }

    proptest! {
        #[test]
        fn any_numbers(numbers in proptest::collection::vec(
            prop_oneof![Just(0), 1..100_u64, any::<u64>()], 0..60,
        )) {
            check(&numbers);
        }
    }
}
