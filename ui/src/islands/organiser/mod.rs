//! What organisers do and watch.
