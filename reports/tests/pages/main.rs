//! Pages of made-up runs.

mod made_up;
