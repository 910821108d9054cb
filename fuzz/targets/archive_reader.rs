//! The target `archive_reader` under libFuzzer; what it does is in `cryopod_fuzz::archive_reader`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: cryopod_fuzz::begin(), |data: &[u8]| cryopod_fuzz::archive_reader(data));
