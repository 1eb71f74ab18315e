//! Which seeds somebody wants: `--seed N`, `--seeds A..B`, or as many as usual.

use std::ops::Range;

use anyhow::{Context, bail};

/// Reads the words behind a program's name.
pub fn asked(usual: Range<u64>) -> anyhow::Result<Range<u64>> {
    read(std::env::args().skip(1), usual)
}

fn read(mut words: impl Iterator<Item = String>, usual: Range<u64>) -> anyhow::Result<Range<u64>> {
    let (name, value) = (words.next(), words.next());
    match (name.as_deref(), value) {
        (None, _) => Ok(usual),
        (Some("--seed"), Some(seed)) => {
            let seed = seed.parse()?;
            Ok(seed..seed + 1)
        }
        (Some("--seeds"), Some(range)) => {
            let (from, to) = range.split_once("..").context("a range is written A..B")?;
            Ok(from.parse()?..to.parse()?)
        }
        (Some(word), _) => bail!("{word} is not known here, or it lacks its value"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &[&str]) -> anyhow::Result<Range<u64>> {
        read(words.iter().map(ToString::to_string), 0..9)
    }

    #[test]
    fn seeds_are_read_or_refused() {
        assert_eq!(of(&[]).unwrap(), 0..9);
        assert_eq!(of(&["--seed", "4"]).unwrap(), 4..5);
        assert_eq!(of(&["--seeds", "3..8"]).unwrap(), 3..8);
        for wrong in [&["--seed"][..], &["--seeds", "3"], &["--fast", "1"], &["--seed", "x"]] {
            assert!(of(wrong).is_err(), "{wrong:?}");
        }
    }
}
