//! The target `criu_images` under libFuzzer; what it does is in `cryopod_fuzz::criu_images`.
#![no_main]

use cryopod_fuzz::mutation;
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(init: cryopod_fuzz::begin(), |data: &[u8]| cryopod_fuzz::criu_images(data));

/// What one change adds at the most, bytes.
const GROWTH: usize = 256;

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let mut change = |bytes: &mut Vec<u8>| {
        let len = bytes.len();
        bytes.resize(len + GROWTH, 0);
        let len = fuzzer_mutate(bytes, len, len + GROWTH);
        bytes.truncate(len);
    };
    match mutation::images(&data[..size], seed, &mut change) {
        Some(changed) if changed.len() <= max_size => {
            data[..changed.len()].copy_from_slice(&changed);
            changed.len()
        }
        _ => fuzzer_mutate(data, size, max_size),
    }
});
