//! Numbers as people read them.

/// A count with thousands set apart: `21,034`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with its noun: `1 fault`, `2 faults`.
pub(crate) fn counted(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", count(number))
}

/// A moment or a span in seconds, to the tenth of a millisecond: `5.0031 s`.
pub(crate) fn seconds(seconds: f64) -> String {
    format!("{seconds:.4} s")
}

/// A moment in seconds as axes and tables print it: `5.25 s`, `20 s`.
pub(crate) fn coarse_seconds(seconds: f64) -> String {
    let text = format!("{seconds:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{} s", if text == "-0" { "0" } else { text })
}

/// A span given in ms, in the unit that suits it: `0.42 ms`, `12 ms`, `1.3 s`.
pub(crate) fn span_ms(ms: f64) -> String {
    match ms {
        ms if ms >= 10_000.0 => format!("{:.0} s", ms / 1e3),
        ms if ms >= 1_000.0 => format!("{:.1} s", ms / 1e3),
        ms if ms >= 10.0 => format!("{ms:.0} ms"),
        ms if ms >= 1.0 => format!("{ms:.1} ms"),
        ms => format!("{ms:.2} ms"),
    }
}

/// The label of a decade of a latency axis: `0.1 ms`, `10 ms`, `1 s`.
pub(crate) fn decade_ms(ms: f64) -> String {
    if ms >= 999.0 { format!("{:.0} s", ms / 1e3) } else { format!("{} ms", round(ms)) }
}

/// A share in percent, never rounded up to all nor down to nothing: `99.9 %`.
pub(crate) fn percent(share: f64) -> String {
    match share {
        share if share >= 1.0 => "100 %".to_owned(),
        share if share <= 0.0 => "0 %".to_owned(),
        share => format!("{:.1} %", (share * 100.0).clamp(0.1, 99.9)),
    }
}

/// Three significant digits without trailing zeros.
fn round(number: f64) -> f64 {
    if number == 0.0 {
        return 0.0;
    }
    let scale = 10f64.powi(2 - number.abs().log10().floor() as i32);
    (number * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped_by_thousands() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(21_034), "21,034");
        assert_eq!(count(1_000_000), "1,000,000");
        assert_eq!(counted(1, "fault"), "1 fault");
        assert_eq!(counted(0, "fault"), "0 faults");
    }

    #[test]
    fn spans_take_the_unit_that_suits_them() {
        assert_eq!(span_ms(0.421), "0.42 ms");
        assert_eq!(span_ms(12.4), "12 ms");
        assert_eq!(span_ms(1_340.0), "1.3 s");
        assert_eq!(decade_ms(0.1), "0.1 ms");
        assert_eq!(decade_ms(1_000.0), "1 s");
        assert_eq!(coarse_seconds(20.0), "20 s");
        assert_eq!(coarse_seconds(-0.001), "0 s");
    }

    #[test]
    fn a_share_is_rounded_neither_to_all_nor_to_nothing() {
        assert_eq!(percent(0.99999), "99.9 %");
        assert_eq!(percent(0.00001), "0.1 %");
        assert_eq!(percent(1.0), "100 %");
    }
}
