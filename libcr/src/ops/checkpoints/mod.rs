//! The catalogue of named checkpoints: what users ask for, a file each.
