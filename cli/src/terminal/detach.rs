//! Finds the detach keys in what the user types. Keys that begin the sequence are held back until
//! it is clear whether they belong to it.

/// Watches for a sequence of keys.
#[derive(Debug)]
pub struct DetachKeys {
    keys: Vec<u8>,
    matched: usize,
}

impl DetachKeys {
    /// Watches for `keys`; an empty sequence never matches.
    pub fn new(keys: Vec<u8>) -> Self {
        Self { keys, matched: 0 }
    }

    /// What of `typed` goes to the container, and whether the sequence is whole: then nothing after
    /// it counts.
    pub fn filter(&mut self, typed: &[u8]) -> (Vec<u8>, bool) {
        if self.keys.is_empty() {
            return (typed.to_vec(), false);
        }
        let mut passed = Vec::with_capacity(typed.len());
        for &key in typed {
            if key == self.keys[self.matched] {
                self.matched += 1;
                if self.matched == self.keys.len() {
                    self.matched = 0;
                    return (passed, true);
                }
                continue;
            }
            passed.extend_from_slice(&self.keys[..self.matched]);
            self.matched = usize::from(key == self.keys[0]);
            if self.matched == 1 && self.keys.len() == 1 {
                return (passed, true);
            }
            if self.matched == 0 {
                passed.push(key);
            }
        }
        (passed, false)
    }
}

#[cfg(test)]
mod tests {
    use super::DetachKeys;

    #[test]
    fn a_sequence_over_two_reads() {
        let mut keys = DetachKeys::new(vec![16, 17]);
        assert_eq!(keys.filter(b"ab\x10"), (b"ab".to_vec(), false));
        assert_eq!(keys.filter(b"\x11rest"), (Vec::new(), true));
    }

    #[test]
    fn a_beginning_that_leads_nowhere_is_passed_on() {
        let mut keys = DetachKeys::new(vec![16, 17]);
        assert_eq!(keys.filter(b"\x10a"), (b"\x10a".to_vec(), false));
        assert_eq!(keys.filter(b"\x10\x10\x11"), (b"\x10".to_vec(), true));
    }

    #[test]
    fn one_key_or_none() {
        assert_eq!(
            DetachKeys::new(vec![b'q']).filter(b"aq"),
            (b"a".to_vec(), true)
        );
        assert_eq!(
            DetachKeys::new(Vec::new()).filter(b"q"),
            (b"q".to_vec(), false)
        );
    }
}
