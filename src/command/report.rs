//! `report`: writes the pages of a stored run or certificate again.

use history::store::Store;

use crate::cli::Report;
use crate::exit::{Exit, Failure};
use crate::{night, output, run};

pub(super) fn report(arguments: &Report, json: bool) -> Result<Exit, Failure> {
    let store = Store::new(&arguments.out);
    let page = match night::find(&arguments.out, &arguments.run)? {
        Some(folder) => night::rewrite(&folder)?,
        None => {
            let directory = store.find(&arguments.run).map_err(Failure::usage)?;
            run::judge_stored(directory)?.directory.report_path()
        }
    };
    if json {
        output::json(&serde_json::json!({ "page": page }))?;
    } else {
        output::data(&page.display().to_string());
    }
    Ok(Exit::Met)
}
