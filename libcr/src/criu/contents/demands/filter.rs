//! What a seccomp filter lets through: its program (classic BPF, Linux `filter.h`, `seccomp.h`) is
//! followed along all paths that a system call can take, whatever the call's arguments are.

/// Programs that the kernel takes have no more instructions.
const LONGEST: usize = 4096;
/// The actions by which a call is made: `SECCOMP_RET_LOG` and `SECCOMP_RET_ALLOW`.
const LOG: u32 = 0x7ffc_0000;
const ALLOW: u32 = 0x7fff_0000;
const ACTION: u32 = 0xffff_0000;

/// What is known of the machine before an instruction; nothing: it depends on arguments.
#[derive(Clone, Copy, PartialEq)]
struct State {
    accumulator: Option<u32>,
    index: Option<u32>,
    memory: [Option<u32>; 16],
}

impl State {
    /// What is known whichever of the two it is.
    fn joined(mut self, other: &Self) -> Self {
        let both = |one: Option<u32>, two: Option<u32>| one.filter(|_| one == two);
        self.accumulator = both(self.accumulator, other.accumulator);
        self.index = both(self.index, other.index);
        for (one, two) in self.memory.iter_mut().zip(other.memory) {
            *one = both(*one, two);
        }
        self
    }
}

/// Whether a program can let the call `number` of the architecture `arch` (`AUDIT_ARCH_*`) pass. What
/// is no program that the kernel would take, may.
pub fn may_pass(program: &[u8], arch: u32, number: u32) -> bool {
    let count = program.len() / 8;
    if !program.len().is_multiple_of(8) || count == 0 || count > LONGEST {
        return true;
    }
    let mut states: Vec<Option<State>> = vec![None; count];
    states[0] = Some(State {
        accumulator: Some(0),
        index: Some(0),
        memory: [Some(0); 16],
    });
    for (at, code) in program.as_chunks::<8>().0.iter().enumerate() {
        let Some(mut state) = states[at] else {
            continue;
        };
        let operation = u16::from_le_bytes([code[0], code[1]]);
        let (if_true, if_false) = (usize::from(code[2]), usize::from(code[3]));
        let constant = u32::from_le_bytes([code[4], code[5], code[6], code[7]]);
        let slot = usize::try_from(constant & 15).unwrap_or(0);
        let operand = if operation & 8 == 0 {
            Some(constant)
        } else {
            state.index
        };
        let mut next = [Some(0), None];
        match operation & 7 {
            0 => {
                state.accumulator = match (operation, constant) {
                    (0x20, 0) => Some(number),
                    (0x20, 4) => Some(arch),
                    (0x00, value) => Some(value),
                    (0x60, _) => state.memory[slot],
                    (0x80, _) => Some(64),
                    _ => None,
                }
            }
            1 => {
                state.index = match operation {
                    0x01 => Some(constant),
                    0x61 => state.memory[slot],
                    0x81 => Some(64),
                    _ => None,
                }
            }
            2 => state.memory[slot] = state.accumulator,
            3 => state.memory[slot] = state.index,
            4 => state.accumulator = computed(operation, state.accumulator, operand),
            5 => {
                next = match holds(operation, state.accumulator, operand) {
                    _ if operation & 0xf0 == 0 => {
                        [Some(usize::try_from(constant).unwrap_or(count)), None]
                    }
                    Some(true) => [Some(if_true), None],
                    Some(false) => [Some(if_false), None],
                    None => [Some(if_true), Some(if_false)],
                }
            }
            6 => {
                let value = match operation {
                    0x06 => Some(constant),
                    _ => state.accumulator,
                };
                if value.is_none_or(|value| matches!(value & ACTION, LOG | ALLOW)) {
                    return true;
                }
                next = [None, None];
            }
            _ if operation == 0x07 => state.index = state.accumulator,
            _ => state.accumulator = state.index,
        }
        for step in next.into_iter().flatten() {
            // Jumps lead forwards, so what comes is known whole when it is reached.
            let place = states.get_mut((at + 1).saturating_add(step));
            let Some(place) = place else {
                return true;
            };
            *place = Some(place.map_or(state, |there| there.joined(&state)));
        }
    }
    false
}

fn computed(operation: u16, accumulator: Option<u32>, operand: Option<u32>) -> Option<u32> {
    let value = accumulator?;
    if operation & 0xf0 == 0x80 {
        return Some(value.wrapping_neg());
    }
    let by = operand?;
    Some(match operation & 0xf0 {
        0x00 => value.wrapping_add(by),
        0x10 => value.wrapping_sub(by),
        0x20 => value.wrapping_mul(by),
        0x30 => value.checked_div(by)?,
        0x40 => value | by,
        0x50 => value & by,
        0x60 => value.checked_shl(by)?,
        0x70 => value.checked_shr(by)?,
        0xa0 => value ^ by,
        _ => return None,
    })
}

fn holds(operation: u16, accumulator: Option<u32>, operand: Option<u32>) -> Option<bool> {
    let (value, with) = (accumulator?, operand?);
    match operation & 0xf0 {
        0x10 => Some(value == with),
        0x20 => Some(value > with),
        0x30 => Some(value >= with),
        0x40 => Some(value & with != 0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn program(code: &[(u16, u8, u8, u32)]) -> Vec<u8> {
        let bytes = code.iter().flat_map(|&(operation, yes, no, constant)| {
            let (operation, constant) = (operation.to_le_bytes(), constant.to_le_bytes());
            [&operation[..], &[yes, no], &constant].concat()
        });
        bytes.collect()
    }

    const ERRNO: u32 = 0x0005_0001;

    #[test]
    fn all_paths_are_followed() {
        // Of architecture 7: call 5 passes when an argument is 1, call 6 always, others never.
        let careful = program(&[
            (0x20, 0, 0, 4),
            (0x15, 1, 0, 7),
            (0x06, 0, 0, 0x8000_0000),
            (0x20, 0, 0, 0),
            (0x15, 3, 0, 6),
            (0x15, 0, 3, 5),
            (0x20, 0, 0, 16),
            (0x15, 0, 1, 1),
            (0x06, 0, 0, ALLOW),
            (0x06, 0, 0, ERRNO),
        ]);
        let passes = [5, 6, 8].map(|number| may_pass(&careful, 7, number));
        assert_eq!(passes, [true, true, false]);
        assert!(!may_pass(&careful, 9, 6));
        // What computes the number passes nothing by it.
        let masked = program(&[
            (0x20, 0, 0, 0),
            (0x54, 0, 0, 0xff),
            (0x02, 0, 0, 3),
            (0x61, 0, 0, 3),
            (0x87, 0, 0, 0),
            (0x15, 0, 1, 5),
            (0x06, 0, 0, ERRNO),
            (0x06, 0, 0, LOG),
        ]);
        assert!(!may_pass(&masked, 7, 0x105));
        assert!(may_pass(&masked, 7, 6));
        assert!(may_pass(
            &program(&[(0x20, 0, 0, 16), (0x16, 0, 0, 0)]),
            7,
            5
        ));
        assert!(may_pass(&[], 7, 5) && may_pass(&[6; 7], 7, 5));
    }

    proptest! {
        #[test]
        fn no_program_panics(bytes in prop::collection::vec(any::<u8>(), 0..400), number: u32) {
            let _ = may_pass(&bytes, 7, number);
        }
    }
}
