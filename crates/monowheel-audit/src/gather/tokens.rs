//! Access tokens in text files, by the formats that services gave them so that scanners find them.
//!
//! | service | format | source |
//! | --- | --- | --- |
//! | PyPI, TestPyPI | `pypi-` and a macaroon, whose first bytes name the index | <https://docs.pypi.org/api/secrets/> |
//! | GitHub | `ghp_`, `gho_`, `ghu_`, `ghs_`, `ghr_` and 36 letters and digits; `github_pat_` | the supported patterns of its secret scanning |
//! | GitLab | `glpat-` and 20 characters | its documentation of token prefixes |
//! | npm | `npm_` and 36 letters and digits | its announcement of 2021-09-23 |
//! | Hugging Face | `hf_` and 34 letters and digits | the patterns of GitHub's secret scanning |
//! | Slack | `xoxb-`, `xoxp-` | its page on token types |
//! | Stripe | `sk_live_`, `rk_live_` | its page on API keys |
//! | AWS | `AKIA` and 16 capital letters and digits | its page on IAM identifiers |
//! | Slack | `xapp-1-`; the address of a webhook | its page on token types |
//! | Discord | the address of a webhook | its documentation of webhooks |
//! | GitLab | `gldt-` and 20 characters | its documentation of token prefixes |
//! | OpenAI, OpenRouter, Groq, DigitalOcean, Databricks, Docker Hub, Sentry | `sk-proj-`, `sk-or-v1-`, `gsk_`, `dop_v1_`, `dapi`, `dckr_pat_`, `sntrys_` | the patterns of GitHub's secret scanning |
//! | Anthropic | `sk-ant-api03-` | the patterns of GitHub's secret scanning |

use std::sync::LazyLock;

use monowheel_wheel::words::Words;

use crate::gather::seam::Seam;

/// A format: how it begins, whose it is, the least number of characters after the beginning, and which else than
/// letters and digits are among them.
struct Format(&'static str, &'static str, usize, &'static [u8]);

const FORMATS: [Format; 28] = [
    Format("pypi-AgEIcHlwaS5vcmc", "PyPI", 60, b"-_"),
    Format("pypi-AgENdGVzdC5weXBpLm9yZw", "TestPyPI", 60, b"-_"),
    Format("ghp_", "GitHub", 36, b""),
    Format("gho_", "GitHub", 36, b""),
    Format("ghu_", "GitHub", 36, b""),
    Format("ghs_", "GitHub", 36, b""),
    Format("ghr_", "GitHub", 36, b""),
    Format("github_pat_", "GitHub", 82, b"_"),
    Format("glpat-", "GitLab", 20, b"-_"),
    Format("npm_", "npm", 36, b""),
    Format("hf_", "Hugging Face", 34, b""),
    Format("xoxb-", "Slack", 40, b"-"),
    Format("xoxp-", "Slack", 40, b"-"),
    Format("sk_live_", "Stripe", 24, b""),
    Format("rk_live_", "Stripe", 24, b""),
    Format("sk-ant-api03-", "Anthropic", 80, b"-_"),
    Format("gldt-", "GitLab", 20, b"-_"),
    Format("xapp-1-", "Slack", 60, b"-"),
    Format("hooks.slack.com/services/T", "Slack", 40, b"/"),
    Format("discord.com/api/webhooks/", "Discord", 80, b"/-_"),
    Format("sk-proj-", "OpenAI", 80, b"-_"),
    Format("sk-or-v1-", "OpenRouter", 64, b""),
    Format("gsk_", "Groq", 52, b""),
    Format("dop_v1_", "DigitalOcean", 64, b""),
    Format("dapi", "Databricks", 32, b""),
    Format("dckr_pat_", "Docker Hub", 27, b"-_"),
    Format("sntrys_", "Sentry", 80, b"-_=+/"),
    Format(AWS, "AWS", 16, b""),
];
/// The identifier of an access key; its secret half has no format of its own and is next to it.
const AWS: &str = "AKIA";
/// AWS's documentation shows identifiers that end with it.
const PLACEHOLDER: &[u8] = b"EXAMPLE";
/// No token is recognized by more bytes.
const OVERLAP: usize = 128;
/// Fewer different characters are a placeholder such as `ghp_xxxx…`.
const LEAST_DIFFERENT: usize = 12;

static SEARCH: LazyLock<Option<Words>> = LazyLock::new(|| Words::new(&FORMATS.map(|format| format.0)));

/// Ends of the names of files that people write or generate as text.
const TEXTS: [&str; 26] = [
    ".dist-info/METADATA",
    ".npmrc",
    ".tfvars",
    "/Dockerfile",
    ".py",
    ".pyi",
    ".pth",
    ".toml",
    ".json",
    ".yaml",
    ".yml",
    ".ini",
    ".cfg",
    ".conf",
    ".env",
    ".properties",
    ".txt",
    ".md",
    ".rst",
    ".sh",
    ".bat",
    ".js",
    ".ts",
    ".html",
    ".xml",
    ".ipynb",
];

/// Whether a member is searched.
pub(super) fn is_text(path: &str) -> bool {
    TEXTS.iter().any(|end| path.ends_with(end)) || super::is_script(path) && !path.ends_with(".exe")
}

/// Searches a file that arrives in pieces.
#[derive(Default)]
pub(super) struct Tokens {
    found: Option<&'static str>,
    seam: Seam<OVERLAP>,
}

impl Tokens {
    /// Takes a piece.
    pub(super) fn add(&mut self, piece: &[u8]) {
        self.found = self.found.or_else(|| self.seam.search(piece, first));
    }

    /// Whose token was found first.
    pub(super) const fn found(&self) -> Option<&'static str> {
        self.found
    }
}

/// Whose token is the first in a text. With something unknown before it (`goes_on`), one at its very beginning is none:
/// it was found there, or is in the seam.
fn first(text: &[u8], goes_on: bool) -> Option<&'static str> {
    let search = SEARCH.as_ref()?;
    search.all(text).find_map(|hit| {
        let format = FORMATS.get(hit.word)?;
        // In the middle of a word it is something else: `graph_…`, base64.
        let before = hit.start.checked_sub(1).and_then(|at| text.get(at));
        let is_inside = before.map_or(goes_on, |byte| is_word(*byte, b"_"));
        let rest = text.get(hit.end..).unwrap_or_default();
        let token = rest.iter().take_while(|byte| is_word(**byte, format.3)).take(format.2);
        let mut seen = [false; 256];
        let mut length = 0;
        for byte in token {
            seen[usize::from(*byte)] = true;
            length += 1;
        }
        let different = seen.iter().filter(|seen| **seen).count();
        let is_formed = match format.0 {
            AWS => is_aws_key(rest),
            _ => different >= LEAST_DIFFERENT,
        };
        (!is_inside && length == format.2 && is_formed).then_some(format.1)
    })
}

/// Whether the text after `AKIA` is the rest of a key, and not one of the placeholders in documentation.
fn is_aws_key(rest: &[u8]) -> bool {
    let Some(key) = rest.get(..16) else { return false };
    let is_part = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let is_varied = key.iter().collect::<std::collections::BTreeSet<_>>().len() >= 8;
    key.iter().all(is_part) && is_varied && !key.ends_with(PLACEHOLDER)
}

fn is_word(byte: u8, others: &[u8]) -> bool {
    byte.is_ascii_alphanumeric() || others.contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    // In two parts, so that no scanner takes this file for a leak.
    const GITHUB: [&str; 2] = ["ghp", "_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"];

    fn found(pieces: &[&str]) -> Option<&'static str> {
        let mut tokens = Tokens::default();
        pieces.iter().for_each(|piece| tokens.add(piece.as_bytes()));
        tokens.found()
    }

    #[test]
    fn a_token_is_found_wherever_the_pieces_end() {
        let token = GITHUB.concat();
        let text = format!("# {}\nTOKEN = \"{token}\"\n{}", "x".repeat(300), "y".repeat(300));
        for at in 1..text.len() {
            let (before, after) = text.split_at(at);
            assert_eq!(found(&[before, after]), Some("GitHub"), "{at}");
        }
        let bytes: Vec<String> = text.chars().map(String::from).collect();
        assert_eq!(found(&bytes.iter().map(String::as_str).collect::<Vec<_>>()), Some("GitHub"));
    }

    #[test]
    fn each_format_has_its_length() {
        for Format(begin, whose, least, _) in &FORMATS {
            let rest: String = "0a1B2c3D4e5F6g7H8i9J".chars().cycle().take(*least).collect();
            let rest = if *begin == AWS { rest.to_ascii_uppercase() } else { rest };
            assert_eq!(found(&[&format!("'{begin}{rest}'")]), Some(*whose), "{begin}");
            assert_eq!(found(&[&format!("'{begin}{}'", &rest[1..])]), None, "{begin}");
        }
    }

    #[test]
    fn placeholders_and_parts_of_words_are_none() {
        let token = GITHUB.concat();
        for text in [
            format!("ghp_{}", "x".repeat(36)),
            "ghp_YOUR_TOKEN_HERE".to_owned(),
            format!("gra{token}"),
            format!("_{token}"),
            "hf_hub_download(repo_id=\"a\", filename=\"b\")".to_owned(),
            "npm_config_registry".to_owned(),
            ["AKIA", "IOSFODNN7EXAMPLE"].concat(),
            ["AKIA", "aaaaDNN7Q2ZGLPX4"].concat(),
        ] {
            assert_eq!(found(&[&text]), None, "{text}");
            for at in 1..text.len() {
                assert_eq!(found(&[&text[..at], &text[at..]]), None, "{text} at {at}");
            }
        }
    }
}
