//! The target `dumps` under libFuzzer; what it does is in `cryopod_fuzz::dumps`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: cryopod_fuzz::begin(), |data: &[u8]| cryopod_fuzz::dumps(data));
