//! The table of a self-test: what became of each defect.

use emulator::defect::Defect;
use serde::{Deserialize, Serialize};
use simulation::Silence;

use crate::output;

/// What a self-test found.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Table {
    pub(super) defects: Vec<Defended>,
    /// Nights without any defect.
    pub(super) clean: Option<Clean>,
}

/// One defect.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Defended {
    /// The defect.
    pub(super) name: String,
    /// Whether it was found with the class of its entry, wherever it was tried at every opportunity.
    pub(super) caught: bool,
    /// The check that found it first.
    pub(super) check: Option<String>,
    /// The class that its entry names.
    pub(super) class: String,
    /// Operations until the first violation was complete, those of attempts that missed it included.
    pub(super) operations: Option<u64>,
    /// Whether the same schedule without the defect raised no alarm.
    pub(super) silent_without: bool,
    /// The mode that it breaks.
    pub(super) mode: String,
    /// Where such a defect was seen.
    pub(super) source: String,
    /// The rule that it breaks.
    pub(super) rule: String,
    /// What nights of virtual time found.
    pub(super) simulated: Option<Found>,
    /// What they found where it fires once in 1,000 opportunities.
    pub(super) rarely: Option<Found>,
    /// What runs over real sockets found.
    pub(super) sockets: Option<Found>,
    /// Why it was missed, where it was.
    pub(super) missed: Option<String>,
}

/// What became of a defect in one kind of runs.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Found {
    pub(super) caught: bool,
    pub(super) check: Option<String>,
    /// Nights or runs until then.
    pub(super) runs: u64,
    /// Operations until then.
    pub(super) operations: u64,
    /// How many opportunities the defect had until then, where they were counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) opportunities: Option<u64>,
    /// At how many of them it fired.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fired: Option<u64>,
    /// The seed of the last of them.
    pub(super) seed: u64,
}

/// Nights of the core without defects.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Clean {
    pub(super) nights: u64,
    pub(super) operations: u64,
    /// Nights that raised an alarm, or could not be judged.
    pub(super) alarms: u64,
}

impl Clean {
    pub(super) fn add(&mut self, silence: Silence) {
        self.nights += silence.nights;
        self.operations += silence.operations;
        self.alarms += silence.alarms;
    }
}

impl Table {
    /// A table in which nothing was tried.
    pub(super) fn new(defects: &[Defect]) -> Self {
        Self { defects: defects.iter().map(|defect| Defended::new(*defect)).collect(), clean: None }
    }

    pub(super) fn of(&mut self, defect: Defect) -> Option<&mut Defended> {
        self.defects.iter_mut().find(|one| one.name == defect.entry().name)
    }

    /// The table for people.
    pub(super) fn text(&self) -> String {
        let head = [
            "defect",
            "caught",
            "check",
            "class",
            "operations",
            "nights",
            "one in 1,000",
            "sockets",
            "without it",
        ];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        for one in &self.defects {
            let runs = |found: &Option<Found>| match found {
                None => "-".to_owned(),
                Some(found) if found.caught => found.runs.to_string(),
                Some(_) => "missed".to_owned(),
            };
            rows.push(vec![
                one.name.clone(),
                if one.caught { "yes" } else { "NO" }.to_owned(),
                one.check.clone().unwrap_or_else(|| "-".to_owned()),
                one.class.clone(),
                one.operations.map_or_else(|| "-".to_owned(), |count| count.to_string()),
                runs(&one.simulated),
                runs(&one.rarely),
                runs(&one.sockets),
                if one.silent_without { "no alarm" } else { "FALSE ALARM" }.to_owned(),
            ]);
        }
        let mut text = output::table(&rows);
        for line in self.sums() {
            text += &line;
            text.push('\n');
        }
        for one in &self.defects {
            if let Some(why) = &one.missed {
                text += &format!("{}: {why}\n", one.name);
            }
        }
        text
    }

    /// What the table comes to, a sentence a line.
    pub(super) fn sums(&self) -> Vec<String> {
        let count = |pick: fn(&Defended) -> Option<&Found>| {
            let tried: Vec<&Found> = self.defects.iter().filter_map(pick).collect();
            (tried.iter().filter(|found| found.caught).count(), tried.len())
        };
        let caught = self.defects.iter().filter(|one| one.caught).count();
        let mut lines = vec![format!("{caught} of {} defects were found", self.defects.len())];
        for (where_, (caught, tried)) in [
            ("in nights of virtual time", count(|one| one.simulated.as_ref())),
            ("where they fire once in 1,000 opportunities", count(|one| one.rarely.as_ref())),
            ("over real sockets", count(|one| one.sockets.as_ref())),
        ] {
            if tried > 0 {
                lines.push(format!("{where_}: {caught} of {tried}"));
            }
        }
        if let Some(clean) = &self.clean {
            lines.push(format!(
                "without a defect: {} nights, {} operations, {} alarms",
                clean.nights, clean.operations, clean.alarms
            ));
        }
        lines
    }
}

impl Defended {
    fn new(defect: Defect) -> Self {
        let entry = defect.entry();
        Self {
            name: entry.name.to_owned(),
            caught: true,
            check: None,
            class: entry.class.to_owned(),
            operations: None,
            silent_without: true,
            mode: match entry.mode {
                emulator::node::Mode::Sc => "sc",
                emulator::node::Mode::Ap => "ap",
            }
            .to_owned(),
            source: entry.source.to_owned(),
            rule: entry.rule.to_owned(),
            simulated: None,
            rarely: None,
            sockets: None,
            missed: None,
        }
    }

    /// Notes what runs found in which it fires at every opportunity.
    pub(super) fn note(&mut self, found: &Found) {
        self.caught &= found.caught;
        if found.caught && self.check.is_none() {
            self.check.clone_from(&found.check);
            self.operations = Some(found.operations);
        }
    }
}
