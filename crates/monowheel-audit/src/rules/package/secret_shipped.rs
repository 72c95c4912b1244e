use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};

rule! {
    /// The wheel contains a file with passwords, tokens or a private key.
    ///
    /// # What it does
    /// Looks for files with the names under which tools store credentials (`.pypirc`, `.netrc`, `.git-credentials`,
    /// `.env`, `id_rsa`, `id_ed25519`, `.aws/credentials`, …), for a private key in `*.pem` and `*.key`, and in text
    /// files for access tokens of PyPI, GitHub, GitLab, npm, Hugging Face, Slack, Discord, Stripe, AWS, Anthropic,
    /// OpenAI, OpenRouter, Groq, DigitalOcean, Databricks, Docker Hub and Sentry, by their formats. Among tests or
    /// examples it is a note, since it is most likely test data; the project's own name does not count (`demo/` of the
    /// project demo). No report shows the token.
    ///
    /// # Why it matters
    /// A published secret cannot be withdrawn: indexes and mirrors keep the file, and bots scan every upload for
    /// secrets.
    ///
    /// # Example
    /// `demo/.env` with the token of a cloud account, copied into the package by `include = ["**/*"]`.
    ///
    /// # Fix
    /// Revoke the secret first, then remove the file from the package, and yank the release.
    pub(super) static RULE: "secret-shipped", Package, Warning, One(check);
}

const NAMES: [&str; 24] = [
    ".env.local",
    ".env.production",
    ".vault-token",
    ".boto",
    ".s3cfg",
    ".bash_history",
    ".python_history",
    ".zsh_history",
    "application_default_credentials.json",
    "terraform.tfstate",
    "secring.gpg",
    ".pypirc",
    "_pypirc",
    ".netrc",
    "_netrc",
    ".git-credentials",
    ".env",
    ".htpasswd",
    ".pgpass",
    "id_rsa",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    ".dockercfg",
];
/// Names that mean credentials only in a certain directory.
const IN_FOLDER: [(&str, &str); 5] = [
    (".streamlit", "secrets.toml"),
    (".aws", "credentials"),
    (".docker", "config.json"),
    (".kube", "config"),
    (".cargo", "credentials.toml"),
];

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let own = wheel.name.as_ref().map(|name| name.name.to_ascii_lowercase()).unwrap_or_default();
    for member in wheel.members.iter().filter(|member| !member.is_folder && member.size > 0) {
        let path = member.path.as_str();
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        let within = folder.rsplit('/').next().unwrap_or_default();
        let is_named = NAMES.contains(&file) || IN_FOLDER.contains(&(within, file));
        let token = wheel.tokens.get(path).map(|whose| format!("contains an access token of {whose}"));
        let is_key = || {
            wheel
                .heads
                .get(path)
                .is_some_and(|head| crate::gather::is_key(path) && crate::gather::has_private_key(head))
        };
        let what = match token {
            Some(token) => token,
            None if is_named => "is where tools keep passwords and tokens".to_owned(),
            None if is_key() => "holds a private key".to_owned(),
            None => continue,
        };
        let severity = if is_for_tests(path, &own) { Severity::Note } else { Severity::Warning };
        found.add(
            Finding::new(severity, Place::member(path), what)
                .fix("revoke the secret first if it is a real one, then leave the file out and yank the release"),
        );
    }
}

/// Whether a path names tests or examples, apart from the package `own`.
fn is_for_tests(path: &str, own: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    // The name of the project is in these, too.
    let is_named = |top: &str| top == own || top.ends_with(".dist-info") || top.ends_with(".data");
    let within = lower.split_once('/').filter(|(top, _)| is_named(top)).map_or(lower.as_str(), |(_, rest)| rest);
    within.split(['/', '_', '-', '.']).any(|word| {
        [
            "test",
            "tests",
            "testing",
            "example",
            "examples",
            "sample",
            "samples",
            "demo",
            "demos",
            "fixtures",
            "dummy",
            "template",
            "templates",
            "snakeoil",
        ]
        .contains(&word)
    })
}
