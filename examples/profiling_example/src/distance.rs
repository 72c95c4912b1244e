//! The number of letters to change, add or remove to turn one word into another (Levenshtein distance).

/// The distance. The first version, as in textbooks, kept for comparison.
///
/// A profile shows much of its time in `malloc` and `free`: it allocates a table with a `Vec` for each letter, for
/// each pair of words, and throws it away.
// Not inlined, so that profilers show it by name.
#[inline(never)]
#[must_use]
pub fn plain(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let mut table = vec![vec![0; right.len() + 1]; left.len() + 1];
    for (i, row) in table.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in table[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=left.len() {
        for j in 1..=right.len() {
            let changed = table[i - 1][j - 1] + usize::from(left[i - 1] != right[j - 1]);
            table[i][j] = changed.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
        }
    }
    table[left.len()][right.len()]
}

/// The distances from one word to many. Only a row of the table is kept, and its memory is reused for all of them.
#[derive(Debug)]
pub struct Distance {
    left: Vec<char>,
    row: Vec<usize>,
}

impl Distance {
    /// From this word.
    #[must_use]
    pub fn from(left: &str) -> Self {
        let left: Vec<char> = left.chars().collect();
        let row = Vec::with_capacity(left.len() + 1);
        Self { left, row }
    }

    /// To this one.
    #[inline(never)]
    pub fn to(&mut self, right: &str) -> usize {
        self.row.clear();
        self.row.extend(0..=self.left.len());
        // The distance is symmetric: the table is filled letter by letter of the right word.
        for (j, letter) in right.chars().enumerate() {
            let mut diagonal = j;
            let mut before = j + 1;
            if let Some(first) = self.row.first_mut() {
                *first = before;
            }
            for (cell, own) in self.row.iter_mut().skip(1).zip(&self.left) {
                let changed = diagonal + usize::from(*own != letter);
                diagonal = *cell;
                before = changed.min(diagonal + 1).min(before + 1);
                *cell = before;
            }
        }
        self.row.last().copied().unwrap_or(0)
    }
}
