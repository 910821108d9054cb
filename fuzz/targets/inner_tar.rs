//! The target `inner_tar` under libFuzzer; what it does is in `cryopod_fuzz::inner_tar`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: cryopod_fuzz::begin(), |data: &[u8]| cryopod_fuzz::inner_tar(data));
