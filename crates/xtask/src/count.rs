//! Counts tests by what the three runners print.

/// How many tests passed and failed so far.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Tally {
    /// Takes one line of a runner's output; most say nothing about counts.
    pub(crate) fn read(&mut self, line: &str) {
        let line = line.trim();
        if let Some(counts) = line.strip_prefix("test result: ") {
            // Cargo: `test result: ok. 3 passed; 0 failed; 0 ignored; ...`
            self.add(counts.split(['.', ';']));
        } else if let Some(counts) = line.strip_prefix("Tests ") {
            // Vitest: `Tests  1 failed | 11 passed (12)`
            self.add(counts.split('|').map(|part| part.split('(').next().unwrap_or(part)));
        } else if let Some((counts, "")) = line.split_once(" failed").or(line.split_once(" flaky"))
        {
            // Playwright: a line of its own for each count. What passed at the second try is not right.
            self.failed += counts.parse().unwrap_or(0);
        } else if let Some((counts, rest)) = line.split_once(" passed")
            && (rest.is_empty() || rest.starts_with(" ("))
        {
            self.passed += counts.parse().unwrap_or(0);
        }
    }

    fn add<'a>(&mut self, parts: impl Iterator<Item = &'a str>) {
        for part in parts {
            match part.trim().split_once(' ') {
                Some((count, "passed")) => self.passed += count.parse().unwrap_or(0),
                Some((count, "failed")) => self.failed += count.parse().unwrap_or(0),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(lines: &[&str]) -> (u64, u64) {
        let mut tally = Tally::default();
        for line in lines {
            tally.read(line);
        }
        (tally.passed, tally.failed)
    }

    #[test]
    fn each_runner_is_understood() {
        let cargo = "test result: ok. 7 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(after(&[cargo, cargo]), (14, 0));
        assert_eq!(after(&["test result: FAILED. 2 passed; 3 failed; 0 ignored"]), (2, 3));
        assert_eq!(after(&["      Tests  12 passed (12)"]), (12, 0));
        assert_eq!(after(&["      Tests  1 failed | 11 passed (12)"]), (11, 1));
        assert_eq!(after(&["  2 failed", "    [phone] > a.spec.ts", "  9 passed (1.2m)"]), (9, 2));
        assert_eq!(after(&["  1 flaky", "  8 passed (4s)"]), (8, 1));
    }

    #[test]
    fn other_lines_count_nothing() {
        let lines =
            ["test a_test_that_1 passed ... ok", "Test Files  3 passed (3)", "it has failed"];
        assert_eq!(after(&lines), (0, 0));
    }
}
