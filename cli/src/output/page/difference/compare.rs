//! Two lists of the same kind of thing: what came, what went, what changed. Knows nothing of
//! drawing.

use std::collections::BTreeMap;

/// What became of a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change<'a, T> {
    /// Only the later list has it.
    Came(&'a T),
    /// Only the earlier list has it.
    Went(&'a T),
    /// Both have it, and it differs.
    Changed(&'a T, &'a T),
}

impl<'a, T> Change<'a, T> {
    /// The newest that is known of it.
    pub(super) fn latest(&self) -> &'a T {
        match self {
            Self::Came(one) | Self::Went(one) | Self::Changed(_, one) => one,
        }
    }

    /// As it was, and as it is.
    pub(super) fn both(&self) -> (Option<&'a T>, Option<&'a T>) {
        match self {
            Self::Came(after) => (None, Some(after)),
            Self::Went(before) => (Some(before), None),
            Self::Changed(before, after) => (Some(before), Some(after)),
        }
    }
}

/// The changes from `before` to `after`, ordered by key. Things with the same key in one list are
/// paired in their order.
pub(super) fn changes<'a, T, K: Ord>(
    before: &'a [T],
    after: &'a [T],
    key: impl Fn(&'a T) -> K,
    same: impl Fn(&T, &T) -> bool,
) -> Vec<Change<'a, T>> {
    let mut keyed: BTreeMap<K, (Vec<&T>, Vec<&T>)> = BTreeMap::new();
    for one in before {
        keyed.entry(key(one)).or_default().0.push(one);
    }
    for one in after {
        keyed.entry(key(one)).or_default().1.push(one);
    }
    let mut found = Vec::new();
    for (before, after) in keyed.into_values() {
        let pairs = before.iter().zip(&after);
        found.extend(
            pairs
                .filter(|(one, other)| !same(one, other))
                .map(|(one, other)| Change::Changed(*one, *other)),
        );
        let both = before.len().min(after.len());
        found.extend(before[both..].iter().map(|one| Change::Went(*one)));
        found.extend(after[both..].iter().map(|one| Change::Came(*one)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    type Pair = (u32, &'static str);

    fn of<'a>(before: &'a [Pair], after: &'a [Pair]) -> Vec<Change<'a, Pair>> {
        changes(before, after, |(key, _)| *key, |one, other| one == other)
    }

    #[test]
    fn came_went_changed() {
        let (before, after) = (
            [(1, "a"), (2, "b"), (3, "c")],
            [(4, "d"), (3, "x"), (1, "a")],
        );
        assert_eq!(
            of(&before, &after),
            [
                Change::Went(&before[1]),
                Change::Changed(&before[2], &after[1]),
                Change::Came(&after[0]),
            ]
        );
        assert!(of(&before, &before).is_empty());
    }

    #[test]
    fn doubles_are_paired_in_order() {
        let (before, after) = ([(1, "a"), (1, "b")], [(1, "a"), (1, "c"), (1, "d")]);
        assert_eq!(
            of(&before, &after),
            [
                Change::Changed(&before[1], &after[1]),
                Change::Came(&after[2])
            ]
        );
    }
}
