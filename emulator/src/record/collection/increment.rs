use wire::{Element, ResultCode};

/// A number plus a step of either type; the number keeps its type, and integers wrap. Without a
/// number the step itself, without a step one more.
pub(super) fn incremented(
    number: Option<&Element>,
    step: Option<&Element>,
    down: bool,
) -> Result<Element, ResultCode> {
    let sign = if down { -1 } else { 1 };
    let step = match step {
        None | Some(Element::Nil) => Step::Integer(sign),
        Some(Element::Integer(step)) => Step::Integer(step.wrapping_mul(sign)),
        Some(Element::Float(step)) => Step::Float(if down { -step } else { *step }),
        Some(_) => return Err(ResultCode::PARAMETER),
    };
    match number {
        None => Ok(match step {
            Step::Integer(step) => Element::Integer(step),
            Step::Float(step) => Element::Float(step),
        }),
        Some(Element::Integer(number)) => {
            Ok(Element::Integer(number.wrapping_add(step.as_integer())))
        }
        Some(Element::Float(number)) => Ok(Element::Float(number + step.as_float())),
        Some(_) => Err(ResultCode::PARAMETER),
    }
}

#[derive(Clone, Copy)]
enum Step {
    Integer(i64),
    Float(f64),
}

impl Step {
    #[expect(clippy::cast_possible_truncation, reason = "an integer drops a float step's fraction")]
    fn as_integer(self) -> i64 {
        match self {
            Self::Integer(step) => step,
            Self::Float(step) => step as i64,
        }
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a float takes an integer step as near as it can"
    )]
    fn as_float(self) -> f64 {
        match self {
            Self::Integer(step) => step as f64,
            Self::Float(step) => step,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_keeps_its_type() {
        let (two, half) = (Element::Integer(2), Element::Float(0.5));
        assert_eq!(incremented(Some(&two), Some(&half), false), Ok(Element::Integer(2)));
        assert_eq!(incremented(Some(&half), Some(&two), false), Ok(Element::Float(2.5)));
        assert_eq!(incremented(Some(&half), None, true), Ok(Element::Float(-0.5)));
        assert_eq!(incremented(None, Some(&two), true), Ok(Element::Integer(-2)));
        let text = Element::from("x");
        assert_eq!(incremented(Some(&text), None, false), Err(ResultCode::PARAMETER));
        assert_eq!(incremented(None, Some(&text), false), Err(ResultCode::PARAMETER));
    }
}
