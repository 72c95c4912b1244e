//! The workflow files, rendered from minijinja templates.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::quoted;
use serde::Serialize;

use crate::ci::Provider;
use crate::ci::drift::project_line;
use crate::ci::lock::{Hashes, locks};
use crate::ci::pins::{Pins, pins};
use crate::ci::plan::Plan;
use crate::ci::settings::Settings;

/// A file of the workflows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its path, relative to the root of the repository, with `/`.
    pub path: String,
    /// Its text; ends with a line break.
    pub text: String,
}

/// The templates of GitHub's workflows, by the suffix of their names.
const GITHUB: [(&str, &str); 3] = [
    ("ci", include_str!("github/ci.yml.jinja")),
    ("wheels", include_str!("github/wheels.yml.jinja")),
    ("release", include_str!("github/release.yml.jinja")),
];
const GITLAB: &str = include_str!("gitlab/gitlab-ci.yml.jinja");

/// The context of the templates.
#[derive(Serialize)]
struct Holes<'a> {
    /// The first lines: who wrote the file, and for which project.
    head: String,
    plan: &'a Plan,
    tag_regex: String,
    /// The directory of the lock files, relative to the root of the repository.
    locks: String,
    pins: Pins,
    s: &'a Settings,
    monowheel: &'static str,
}

/// The files of a plan in reading order: workflows, then the lock files that they install.
///
/// # Errors
/// When a template does not fit the plan, which is a defect of monowheel.
pub fn pages(plan: &Plan, provider: Provider, hashes: &Hashes) -> Result<Vec<Page>> {
    let page = |path: String, template: &str| Ok(Page { path, text: filled(template, plan, provider)? });
    let mut pages: Vec<Page> = match provider {
        Provider::Github => GITHUB
            .iter()
            .map(|(name, template)| page(format!(".github/workflows/{}{name}.yml", plan.settings.prefix), template))
            .collect::<Result<_>>()?,
        Provider::Gitlab => vec![page(format!(".{}gitlab-ci.yml", plan.settings.prefix), GITLAB)?],
    };
    for lock in locks(plan, hashes) {
        let text = format!("{}\n{}", head(plan, provider), lock.body());
        pages.push(Page { path: plan.lock_path(provider, lock.file), text });
    }
    Ok(pages)
}

/// The first two lines of every file: who wrote it, and for which project.
fn head(plan: &Plan, provider: Provider) -> String {
    format!("{}; change [tool.monowheel] in pyproject.toml and run it again.\n{}", provider.mark(), project_line(plan))
}

fn filled(template: &str, plan: &Plan, provider: Provider) -> Result<String> {
    let odd = |error: minijinja::Error| {
        Error::new(ErrorKind::Format, format!("invalid workflow template in monowheel: {error:#}"))
    };
    let mut environment = Environment::new();
    // `{{ }}` and `#` have a meaning in GitHub's workflows and YAML.
    let syntax = SyntaxConfig::builder()
        .block_delimiters("<%", "%>")
        .variable_delimiters("<<", ">>")
        .comment_delimiters("<#", "#>")
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()
        .map_err(odd)?;
    environment.set_syntax(syntax);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_filter("yaml", scalar);
    environment.add_filter("shell", |text: &str| quoted(text));
    let digests = plan.settings.image_digests.clone();
    environment.add_function("image", move |name: &str| {
        digests.get(name).map_or(name.to_owned(), |digest| format!("{name}@{digest}"))
    });
    let holes = Holes {
        head: head(plan, provider),
        plan,
        locks: plan.locks(provider),
        tag_regex: regex(&plan.tag[0]),
        pins: pins(),
        s: &plan.settings,
        monowheel: monowheel_error::VERSION,
    };
    let template = environment.template_from_str(template).map_err(odd)?;
    template.render(Serde(&holes)).map_err(odd)
}

/// A text in double quotes: JSON strings are valid YAML 1.2.
fn scalar(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// GitLab's pattern for the tags that begin with `before` and a version.
fn regex(before: &str) -> String {
    let mut pattern = String::from("/^");
    for character in before.chars() {
        if !character.is_ascii_alphanumeric() {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern + "[0-9]/"
}
