//! Pages of made-up runs: failing ones more than passing ones.

mod html;
mod made_up;

mod certificate;
mod emulated;
mod exports;
mod run;
mod style;
