//! Info answers as a node gave them.

use std::collections::BTreeMap;
use std::str::FromStr;

/// A node's answers, by command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers(BTreeMap<String, String>);

impl Answers {
    /// Answers by command.
    #[must_use]
    pub fn new(by_command: BTreeMap<String, String>) -> Self {
        Self(by_command)
    }

    /// A command's value; `None` if it was not asked, or answered with an error.
    #[must_use]
    pub fn value(&self, command: &str) -> Option<&str> {
        let value = self.0.get(command).map(String::as_str)?;
        wire::info::parse_error(value).is_none().then_some(value)
    }

    /// A command's value as `key=value` pairs joined by semicolons.
    #[must_use]
    pub fn pairs(&self, command: &str) -> Pairs<'_> {
        Pairs::parse(self.value(command).unwrap_or_default(), ';')
    }

    /// The `namespaces` that the node names.
    #[must_use]
    pub fn namespaces(&self) -> Vec<String> {
        let names = self.value("namespaces").unwrap_or_default();
        names.split(';').filter(|name| !name.is_empty()).map(str::to_owned).collect()
    }
}

/// `key=value` pairs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairs<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Pairs<'a> {
    /// Takes pairs apart; what has no `=` is passed over.
    #[must_use]
    pub fn parse(text: &'a str, separator: char) -> Self {
        Self(text.split(separator).filter_map(|pair| pair.split_once('=')).collect())
    }

    /// A key's value.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&'a str> {
        self.0.get(key).copied()
    }

    /// A key's value, if it is there and has that form.
    #[must_use]
    pub fn parsed<T: FromStr>(&self, key: &str) -> Option<T> {
        self.get(key)?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_no_values() {
        let answers = Answers::new(BTreeMap::from([
            ("roster:".to_owned(), "ERROR:25:enterprise only".to_owned()),
            ("namespaces".to_owned(), "mydata;mydata_ap".to_owned()),
            ("statistics".to_owned(), "cluster_size=6;odd;uptime=x".to_owned()),
        ]));
        assert_eq!(answers.value("roster:"), None);
        assert_eq!(answers.namespaces(), ["mydata", "mydata_ap"]);
        let statistics = answers.pairs("statistics");
        assert_eq!(statistics.parsed::<u32>("cluster_size"), Some(6));
        assert_eq!(statistics.parsed::<u32>("uptime"), None);
        assert_eq!(statistics.get("odd"), None);
        assert_eq!(answers.pairs("nothing"), Pairs::default());
    }
}
