//! The page as a whole: parsed again, with ordinary, empty, large and hostile checkpoints.

mod contrast;
mod example;
mod hostile;
mod parsed;
mod whole;
