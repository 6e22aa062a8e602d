//! What a stroke of a chart stands for.

use plotters::style::RGBColor;

/// The part that a shape plays. plotters knows colours only, so each role is drawn in a colour of
/// its own that no eye ever sees: [`super::themed`] replaces it by a class of the style sheet,
/// which gives it colour, dashes or a pattern, in light and in dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Role {
    /// Axes and ticks.
    Axis,
    /// Grid lines.
    Grid,
    /// Text.
    Ink,
    /// The window of a fault.
    Band,
    /// The beginning of a phase.
    Phase,
    /// Operations that happened.
    Ok,
    /// Operations that did not.
    Fail,
    /// Operations in doubt.
    Info,
    /// A write that a later one replaced.
    Replaced,
    /// A write that the final reads return.
    Survived,
    /// A write that was lost.
    Lost,
    /// The median.
    Median,
    /// The 99th percentile.
    Tail,
    /// An arm, by its position in its pair.
    Arm(u8),
    /// A site, by its index.
    Site(u8),
}

/// Arms and sites beyond this many share their looks with earlier ones.
const LOOKS: u8 = 4;

impl Role {
    /// The colour under which plotters draws it.
    pub(crate) fn colour(self) -> RGBColor {
        let (group, index) = match self {
            Self::Axis => (0, 0),
            Self::Grid => (0, 1),
            Self::Ink => (0, 2),
            Self::Band => (0, 3),
            Self::Phase => (0, 4),
            Self::Ok => (1, 0),
            Self::Fail => (1, 1),
            Self::Info => (1, 2),
            Self::Replaced => (5, 0),
            Self::Survived => (5, 1),
            Self::Lost => (5, 2),
            Self::Median => (2, 0),
            Self::Tail => (2, 1),
            Self::Arm(index) => (3, index % LOOKS),
            Self::Site(index) => (4, index % LOOKS),
        };
        RGBColor(1, group, index)
    }

    /// The role behind a colour as SVG prints it, `#01GGII`.
    pub(crate) fn of_colour(colour: &str) -> Option<Self> {
        let digits = colour.strip_prefix("#01").filter(|digits| digits.len() == 4)?;
        let code = u16::from_str_radix(digits, 16).ok()?;
        let index = (code & 0xff) as u8;
        Some(match (code >> 8, index) {
            (0, 0) => Self::Axis,
            (0, 1) => Self::Grid,
            (0, 2) => Self::Ink,
            (0, 3) => Self::Band,
            (0, 4) => Self::Phase,
            (1, 0) => Self::Ok,
            (1, 1) => Self::Fail,
            (1, 2) => Self::Info,
            (5, 0) => Self::Replaced,
            (5, 1) => Self::Survived,
            (5, 2) => Self::Lost,
            (2, 0) => Self::Median,
            (2, 1) => Self::Tail,
            (3, _) => Self::Arm(index),
            (4, _) => Self::Site(index),
            _ => return None,
        })
    }

    /// Its class in the style sheet.
    pub(crate) fn class(self) -> String {
        match self {
            Self::Axis => "axis".to_owned(),
            Self::Grid => "grid".to_owned(),
            Self::Ink => "ink".to_owned(),
            Self::Band => "band".to_owned(),
            Self::Phase => "phase".to_owned(),
            Self::Ok => "ok".to_owned(),
            Self::Fail => "fail".to_owned(),
            Self::Info => "info".to_owned(),
            Self::Replaced => "replaced".to_owned(),
            Self::Survived => "survived".to_owned(),
            Self::Lost => "lost".to_owned(),
            Self::Median => "median".to_owned(),
            Self::Tail => "tail".to_owned(),
            Self::Arm(index) => format!("arm-{}", index % LOOKS),
            Self::Site(index) => format!("site-{}", index % LOOKS),
        }
    }

    /// The mark of one operation as path commands from its middle, so that outcomes differ by
    /// shape: a dot, a cross, a triangle.
    pub(crate) fn mark(self) -> &'static str {
        match self {
            Self::Fail | Self::Lost => "m-5-5l10 10m0-10l-10 10",
            Self::Info => "m-7 5h14l-7-12z",
            Self::Survived => "m-4-4h8v8h-8z",
            _ => "h0",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_survives_its_colour() {
        let roles = [
            Role::Axis,
            Role::Grid,
            Role::Ink,
            Role::Band,
            Role::Phase,
            Role::Ok,
            Role::Fail,
            Role::Info,
            Role::Replaced,
            Role::Survived,
            Role::Lost,
            Role::Median,
            Role::Tail,
            Role::Arm(3),
            Role::Site(2),
        ];
        for role in roles {
            let RGBColor(red, green, blue) = role.colour();
            let text = format!("#{red:02X}{green:02X}{blue:02X}");
            assert_eq!(Role::of_colour(&text), Some(role));
        }
        assert_eq!(Role::of_colour("#000000"), None);
        assert_eq!(Role::of_colour("#01é0"), None);
    }
}
