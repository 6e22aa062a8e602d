//! What can go wrong, when, and how it was really applied.
