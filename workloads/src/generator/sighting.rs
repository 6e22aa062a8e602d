//! The sighting records of the stretch-cluster tutorial, carrying a token.

use history::Value;

const MACHINES: [&str; 8] =
    ["Surface", "Inspiron", "MacBook", "Chromebook", "ZenBook", "ThinkPad", "Latitude", "Pavilion"];
const COLOURS: [&str; 10] =
    ["red", "blue", "green", "yellow", "orange", "purple", "brown", "cyan", "magenta", "black"];
const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// How long a logger's name is.
const NAME_LENGTH: usize = 20;

/// One sighting of a machine. All of it follows from the token by a pure function, so that a reader
/// can tell whether every bin was written along with the token that it finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The unique value of the write.
    pub token: Value,
    /// How many were seen, 0 to 1000.
    pub freq: i64,
    /// Where, 1 to 255.
    pub country_code: i64,
    /// Who saw it, 20 letters and digits.
    pub logged_by: String,
    /// The machine seen.
    pub machine: &'static str,
    /// Its pixels, a power of two from 2^12 to 2^24.
    pub pixels: i64,
    /// Its two colours.
    pub colour_scheme: [&'static str; 2],
    /// When it was made, `YYYY-MM-DD`.
    pub date_mfg: String,
}

impl Sighting {
    /// The sighting that a token stands for.
    #[must_use]
    pub fn of(token: Value) -> Self {
        let mut mixer = Mixer(token);
        let freq = mixer.below(1001) as i64;
        let country_code = 1 + mixer.below(255) as i64;
        let logged_by =
            (0..NAME_LENGTH).map(|_| char::from(*mixer.pick(LETTERS))).collect::<String>();
        let machine = *mixer.pick(&MACHINES);
        let pixels = 1 << (12 + mixer.below(13));
        let colour = mixer.below(COLOURS.len() as u64) as usize;
        let other = 1 + mixer.below(COLOURS.len() as u64 - 1) as usize;
        let colour_scheme = [COLOURS[colour], COLOURS[(colour + other) % COLOURS.len()]];
        let (year, month) = (2018 + mixer.below(7), 1 + mixer.below(12));
        let date_mfg = format!("{year}-{month:02}-{:02}", 1 + mixer.below(28));
        Self { token, freq, country_code, logged_by, machine, pixels, colour_scheme, date_mfg }
    }
}

/// The SplitMix64 generator (Steele, Lea, Flood 2014): a small pure function of its start, which
/// must stay what it is as long as stored records are to be verified.
struct Mixer(u64);

impl Mixer {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len() as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_token_fixes_the_whole_record() {
        assert_eq!(Sighting::of(77), Sighting::of(77));
        let names: BTreeSet<String> =
            (1..=500).map(|token| Sighting::of(token).logged_by).collect();
        assert_eq!(names.len(), 500, "two tokens share a name");
    }

    #[test]
    fn every_bin_stays_in_its_range() {
        for token in 1..=2000 {
            let sighting = Sighting::of(token);
            assert!((0..=1000).contains(&sighting.freq));
            assert!((1..=255).contains(&sighting.country_code));
            assert_eq!(sighting.logged_by.len(), 20);
            assert_eq!(sighting.pixels.count_ones(), 1);
            assert!((1 << 12..=1 << 24).contains(&sighting.pixels));
            assert_ne!(sighting.colour_scheme[0], sighting.colour_scheme[1]);
            assert_eq!(sighting.date_mfg.len(), 10);
        }
    }
}
