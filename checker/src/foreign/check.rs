//! Whether a history is one of its model at all.

use history::Outcome;
use history::exchange::foreign::{Datum, DatumId, Foreign, ForeignOperation, Function};

use super::ObjectModel;
use super::object::steps;

/// Why a history cannot be judged under a model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct Complaint {
    /// The line of the operation.
    pub line: u32,
    /// What is wrong with it, and how to mend it.
    pub what: String,
}

/// Checks every operation.
///
/// # Errors
/// The first operation that the model does not have.
pub(super) fn check(history: &Foreign, model: ObjectModel) -> Result<(), Complaint> {
    // Reads and writes fit a register whatever their values are.
    let fits = |one: &ForeignOperation| {
        matches!(one.function, Function::Read | Function::Write)
            & matches!(model, ObjectModel::Register | ObjectModel::CasRegister)
    };
    for one in history.operations.iter().filter(|one| !fits(one)) {
        if !model.functions().contains(&one.function) {
            let known: Vec<&str> = model.functions().iter().map(|known| known.name()).collect();
            let what = format!(
                "`{}` is no operation of a {} ({}): choose another `--model`",
                one.function.name(),
                model.name(),
                known.join(", ")
            );
            return Err(Complaint { line: one.invoked_line, what });
        }
        if let Some((line, needed)) = misfit(history, model, one) {
            let what = format!("a `{}` of a {} {needed}", one.function.name(), model.name());
            return Err(Complaint { line, what });
        }
    }
    Ok(())
}

/// The line of a value that does not fit, and what fits.
fn misfit(
    history: &Foreign,
    model: ObjectModel,
    one: &ForeignOperation,
) -> Option<(u32, &'static str)> {
    let data = &history.data;
    let is_integer = |id| matches!(data.get(id), Datum::Integer(_));
    let is_text = |id| matches!(data.get(id), Datum::Text(_));
    let is_list = |id| matches!(data.get(id), Datum::Sequence(_));
    let answer = (one.outcome == Outcome::Ok && one.result != DatumId::NIL).then_some(one.result);
    let asked = |fits: bool, needed| (!fits).then_some((one.invoked_line, needed));
    let answered = |fits: &dyn Fn(DatumId) -> bool, needed| {
        answer.filter(|id| !fits(*id)).map(|_| (one.completed_line, needed))
    };
    match (model, one.function) {
        (ObjectModel::CasRegister, Function::Cas) => {
            let pair = data.sequence(one.argument);
            asked(
                matches!(pair, Some([_, to]) if *to != DatumId::NIL),
                "has a value `[from to]`, and `to` is not nil",
            )
        }
        (ObjectModel::Counter, Function::Add) => asked(is_integer(one.argument), "adds a number"),
        (ObjectModel::Counter, Function::Read) => answered(&is_integer, "returns a number"),
        (ObjectModel::Set | ObjectModel::List, Function::Read) => {
            answered(&is_list, "returns all elements, `[1 2 3]`")
        }
        (ObjectModel::Set, Function::Add)
        | (ObjectModel::List, Function::Append)
        | (ObjectModel::Queue, Function::Enqueue) => {
            asked(one.argument != DatumId::NIL, "names what it puts there")
        }
        (ObjectModel::KeyValue, Function::Write | Function::Append) => {
            asked(is_text(one.argument), "has a text, `\"…\"`")
        }
        (ObjectModel::KeyValue, Function::Read) => answered(&is_text, "returns a text, `\"…\"`"),
        (ObjectModel::MultiRegister, _) => {
            let fits = steps(data, one.argument, true).is_some();
            asked(fits, "has steps, `[[:read key nil] [:write key value]]`").or_else(|| {
                answered(&|id| steps(data, id, true).is_some(), "returns its steps with values")
            })
        }
        _ => None,
    }
}
