//! Tables for the terminal, columns as wide as what stands in them.

/// A table as text: a header, a rule, and the rows; the first column starts at the left, the others end at the right.
///
/// Two spaces stand between columns; a row that is shorter than the header leaves its last cells empty, and cells past the
/// header's are left out.
///
/// ```
/// let table = report::text_table(&["statistic", "history"], &[vec!["mean".into(), "26.9".into()]]);
/// assert_eq!(table, "statistic  history\n──────────────────\nmean          26.9\n");
/// ```
#[must_use]
pub fn text_table(header: &[&str], rows: &[Vec<String>]) -> String {
    let widest = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain([header[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..header.len()).map(widest).collect();
    let line = |cell: &dyn Fn(usize) -> String| {
        let mut text = String::new();
        for (column, width) in widths.iter().enumerate() {
            match column {
                0 => text += &format!("{:<width$}", cell(column)),
                _ => text += &format!("  {:>width$}", cell(column)),
            }
        }
        text.trim_end().to_owned() + "\n"
    };
    let rule = widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1);
    let mut text = line(&|column| header[column].to_owned());
    text += &("─".repeat(rule) + "\n");
    for row in rows {
        text += &line(&|column| row.get(column).cloned().unwrap_or_default());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::text_table;

    #[test]
    fn columns_line_up_whatever_stands_in_them() {
        let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let rows = [row(&["a long name", "−1.5"]), row(&["b"]), row(&["c", "2", "left out"])];
        let text = text_table(&["name", "± value"], &rows);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0].chars().count(), 20);
        assert_eq!(lines[2], "a long name     −1.5");
        assert_eq!(lines[3], "b");
        assert_eq!(lines[4], "c                  2");
        assert_eq!(text_table(&[], &[]), "\n\n");
    }
}
