//! The page of `api` lists every lint, as it is in the code.

use monowheel_api::{diff, set};

#[test]
fn the_page_lists_every_lint() {
    let page = include_str!("../../docs/api.md");
    for lint in diff::ALL.iter().chain(&set::ALL) {
        let level = match lint.level {
            diff::Level::Major => "breaking",
            diff::Level::Minor => "feature",
            diff::Level::Patch => "any",
        };
        let row = format!("| `{}` | {level} | {} | {} |", lint.id, lint.summary, lint.whom);
        assert!(page.lines().any(|line| line == row), "docs/api.md has no row: {row}");
    }
}
