//! Names with parts that stand for any text.

/// Whether a name is one that a pattern stands for: `mining_<fleet>_mw` fits `mining_s21_mw`.
///
/// ```
/// use report::dictionary::fits;
///
/// assert!(fits("mining_<fleet>_mw", "mining_s21_mw") && fits("path", "path"));
/// assert!(!fits("mining_<fleet>_mw", "mining_mw") && !fits("path", "paths"));
/// ```
#[must_use]
pub fn fits(pattern: &str, name: &str) -> bool {
    let Some((before, rest)) = pattern.split_once('<') else { return pattern == name };
    let after = rest.split_once('>').map_or("", |(_, after)| after);
    let Some(name) = name.strip_prefix(before) else { return false };
    // What stands for any text stands for one letter at least.
    name.char_indices()
        .skip(1)
        .map(|(at, _)| at)
        .chain([name.len()])
        .any(|at| at > 0 && fits(after, &name[at..]))
}

/// Letters of a pattern that stand for themselves; of one without parts more than of any with.
pub(super) fn fixed(pattern: &str) -> usize {
    let mut is_fixed = true;
    let mut count = 0;
    for c in pattern.chars() {
        match c {
            '<' => is_fixed = false,
            '>' => is_fixed = true,
            _ if is_fixed => count += 1,
            _ => {}
        }
    }
    if pattern.contains('<') { count } else { usize::MAX }
}
