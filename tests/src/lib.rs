//! Nothing lives here: see `it/` and `sim/`.
