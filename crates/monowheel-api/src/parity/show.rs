//! A comparison as a table in Markdown, and as a badge.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::parity::{Parity, Row, State, Tested};

/// Each level of a badge: the least percentage, the name of its color for shields.io, and the color.
const COLORS: [(usize, &str, &str); 4] =
    [(90, "brightgreen", "#4c1"), (75, "green", "#97ca00"), (50, "yellow", "#dfb317"), (0, "red", "#e05d44")];
const LABEL: &str = "Python API parity";

impl Parity {
    /// A page in Markdown: the totals, then each item.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = format!(
            "| counted | exposed | documented | tested | excluded | parity |\n| ---: | ---: | ---: | ---: | ---: | ---: |\n\
             | {} | {} | {} | {} | {} | {} % |\n\n| Rust | kind | Python | documented | tested |\n| --- | --- | --- | --- | --- |\n",
            self.counted,
            self.exposed,
            self.documented,
            self.tested,
            self.excluded,
            self.percent()
        );
        for row in &self.items {
            let _ = writeln!(text, "{}", line(row));
        }
        text
    }

    /// The endpoint of a badge of shields.io.
    #[must_use]
    pub fn shields(&self) -> Value {
        let message = format!("{} %", self.percent());
        json!({"schemaVersion": 1, "label": LABEL, "message": message, "color": self.color().0})
    }

    /// A badge.
    #[must_use]
    pub fn svg(&self) -> String {
        let message = format!("{} %", self.percent());
        let (left, right) = (118, 12 + 8 * message.len());
        let (width, middle) = (left + right, left + right / 2);
        let color = self.color().1;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"20\" role=\"img\" aria-label=\"{LABEL}: {message}\">\n\
             <title>{LABEL}: {message}</title>\n<rect width=\"{left}\" height=\"20\" fill=\"#555\"/>\n\
             <rect x=\"{left}\" width=\"{right}\" height=\"20\" fill=\"{color}\"/>\n\
             <g fill=\"#fff\" text-anchor=\"middle\" font-family=\"Verdana,Geneva,DejaVu Sans,sans-serif\" font-size=\"11\">\n\
             <text x=\"{}\" y=\"14\">{LABEL}</text>\n<text x=\"{middle}\" y=\"14\">{message}</text>\n</g>\n</svg>\n",
            left / 2
        )
    }

    fn color(&self) -> (&'static str, &'static str) {
        let level = COLORS.iter().find(|(least, ..)| self.percent() >= *least);
        level.map_or(("red", "#e05d44"), |(_, name, color)| (*name, *color))
    }
}

fn line(row: &Row) -> String {
    let yes = |is: bool| if is { "yes" } else { "no" };
    let tested = match row.tested {
        Tested::Ran => "ran",
        Tested::Named => "named",
        Tested::No => "no",
    };
    match (row.state, &row.python) {
        (State::Exposed, Some(python)) => {
            format!("| `{}` | {} | `{python}` | {} | {tested} |", row.rust, row.kind, yes(row.is_documented))
        }
        (State::Excluded, _) => {
            let reason = row.reason.as_deref().unwrap_or_default().replace('|', "\\|").replace(['\n', '\r'], " ");
            format!("| `{}` | {} | excluded: {reason} | | |", row.rust, row.kind)
        }
        _ => format!("| `{}` | {} | **missing** | | |", row.rust, row.kind),
    }
}
