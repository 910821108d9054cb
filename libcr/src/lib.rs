//! libcr
