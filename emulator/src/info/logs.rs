//! `logs`, `log/<id>` and `log-set:`. The emulator keeps no log file; it keeps what is said of one.

use wire::ResultCode;
use wire::info::{Command, error};

use crate::node::Node;

/// The number of the only log.
const ID: &str = "0";

/// The answer to `logs`.
pub(super) const LOGS: &str = "0:none";

/// Parts of the server whose messages have a level, in its order (Community Edition 8.1.2.0).
const CONTEXTS: &str = "misc alloc arenax hardware msg os secrets socket tls vault vmapx xmem aggr appeal as audit \
    batch batch-sub bin config clustering deprecation drv-mem drv_pmem drv_ssd exchange exp \
    fabric flat geo hb health hlc index info info-command key-busy migrate mrt-audit mrt-monitor \
    namespace nsup particle partition proto proxy proxy-divert query record roster rw rw-client \
    security service service-list sindex skew smd storage truncate tsvc udf xdr xdr-client \
    masking";

/// What a level may be.
const LEVELS: [&str; 5] = ["CRITICAL", "WARNING", "INFO", "DEBUG", "DETAIL"];

/// The answer to `log/<id>`.
pub(super) fn levels(node: &Node, id: &str) -> String {
    if id != ID {
        return error(ResultCode::PARAMETER, "unknown log id");
    }
    let level = |context: &str| format!("{context}:{}", node.log_level(context).unwrap_or("INFO"));
    CONTEXTS.split(' ').map(level).collect::<Vec<_>>().join(";")
}

/// `log-set:id=<id>;<context>=<level>`.
pub(super) fn set(node: &mut Node, command: &Command<'_>) -> Result<(), String> {
    let bad = |text| Err(error(ResultCode::PARAMETER, text));
    if command.parameter("id") != Some(ID) {
        return bad("unknown log id");
    }
    let mut changes = Vec::new();
    for (context, level) in command.parameters.iter().filter(|(key, _)| *key != "id") {
        let contexts = CONTEXTS.split(' ').filter(|known| *context == "any" || known == context);
        let contexts: Vec<&'static str> = contexts.collect();
        let level = LEVELS.iter().find(|known| known.eq_ignore_ascii_case(level));
        let Some(level) = level.filter(|_| !contexts.is_empty()) else {
            return bad("invalid log-set parameter");
        };
        changes.extend(contexts.into_iter().map(|context| (context, *level)));
    }
    changes.into_iter().for_each(|(context, level)| node.set_log_level(context, level));
    Ok(())
}
