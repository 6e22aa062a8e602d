//! A cluster that can be steered, whatever it is made of.
