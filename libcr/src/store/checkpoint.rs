//! Rows of `checkpoints` and `checkpoint_names`: the catalogue.
