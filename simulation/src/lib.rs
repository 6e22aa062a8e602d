//! Nights in virtual time: the emulator core under a simulated network, client and clock.
