//! The content of the files, and what no configuration may inject into them.

use crate::ci::repository::{FILES, Repository};

/// With every option that changes the files.
const ALL: &str = "[tool.cibuildwheel]\nbuild = \"cp3*-win_*\"\n[tool.monowheel.release]\ntag = \"demo/v{version}\"\n\
    [tool.monowheel.ci]\ntest = \"\"\"\ncargo test --locked # all: of it\n\n  if true; then echo \"a 'b'\"; fi\n\"\"\"\n\
    msvc = true\nenvironment = \"the.index\"\nindex = \"testpypi\"\nattestations = false\nbranch = \"release/1.x\"\n\
    rust = \"1.96.0\"\ntools = [\"maturin==1.16.2\", \"ziglang==0.17.0\"]\nprefix = \"demo\"\ntimeout-minutes = 90\npythons = [\"3.8\", \"3.13\", \"3.15t\"]\n";

fn written(folder: &str, config: &str, provider: &str) -> String {
    let repository = Repository::with(folder, config);
    repository.write(&format!("{folder}/tox.ini"), "[tox]\nenv_list = py38\n");
    let ended = repository.ci(&[provider]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    // Content that comes only from data is tested beside the data.
    let is_data = |path: &std::path::Path| {
        ["build.txt", "publish.txt", "tox.txt", "msvc.txt"].iter().any(|end| path.ends_with(end))
    };
    let files = repository.all().into_iter();
    let files = files.filter(|(path, text)| text.starts_with("# Written by monowheel") && !is_data(path));
    let shown = |(path, text): (std::path::PathBuf, String)| {
        format!("=== {}\n{text}", path.strip_prefix(&repository.top).unwrap().display().to_string().replace('\\', "/"))
    };
    files.map(shown).collect::<Vec<_>>().join("\n").replace(env!("CARGO_PKG_VERSION"), "[version]")
}

#[test]
fn github_with_everything() {
    insta::assert_snapshot!(written("crates/the project", ALL, "github"));
}

#[test]
fn gitlab_with_everything() {
    let config = ALL.replace("msvc = true", "runners = [\"linux-x86_64\", \"linux-aarch64\"]");
    insta::assert_snapshot!(written("crates/the project", &config, "gitlab"));
}

#[test]
fn gitlab_with_nothing() {
    insta::assert_snapshot!(written(".", "", "gitlab"));
}

#[test]
fn only_a_project_with_a_rarer_processor_has_an_emulated_job() {
    let wheels = |targets: &str| {
        let repository = Repository::with("", &format!("[tool.monowheel]\ntargets = [{targets}]\n"));
        let ended = repository.ci(&["github"]);
        assert_eq!(ended.code, 0, "{}", ended.err);
        repository.read(".github/workflows/wheels.yml")
    };
    let usual = wheels("\"manylinux_x86_64\"");
    assert!(usual.contains("\n  test:\n") && !usual.contains("emulated:"), "{usual}");
    let both = wheels("\"manylinux_x86_64\", \"manylinux_s390x\", \"musllinux_s390x\"");
    assert!(both.contains("\n  test:\n") && both.contains("\n  emulated:\n"), "{both}");
    for line in
        ["interpreters: \"cpython-3.14-s390x cpython-3.15-s390x\"", "pythons: \"3.14 3.15\"", "kind: \"-linux-s390x\""]
    {
        assert!(both.contains(&format!("            {line}\n")), "{line}: {both}");
    }
    assert!(both.contains("        #   musllinux_1_2_s390x\n"), "{both}");
    let alone = wheels("\"manylinux_armv7l\"");
    assert!(!alone.contains("\n  test:\n") && alone.contains("cpython-3.13-armv7l"), "{alone}");
}

/// A colon and a space turn an unquoted command into a mapping.
#[test]
fn every_command_of_gitlab_is_a_text() {
    for config in ["", "[tool.monowheel.ci]\nrunners = [\"linux-x86_64\", \"linux-aarch64\"]"] {
        let repository = Repository::with("", config);
        assert_eq!(repository.ci(&["gitlab"]).code, 0);
        let text = repository.read(".gitlab-ci.yml");
        let commands: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("    - ")).collect();
        assert!(commands.iter().any(|command| command.contains("--require-hashes")), "{text}");
        for command in commands.iter().filter(|command| !command.starts_with("if: ")) {
            let is_quoted = command.starts_with('\'') && command.ends_with('\'');
            assert!(is_quoted || !(command.contains(": ") || command.ends_with(':')), "{command}");
        }
    }
}

#[test]
fn every_workflow_is_hardened() {
    let emulated = "[tool.monowheel]\ntargets = [\"manylinux_x86_64\", \"manylinux_s390x\"]\n";
    for (config, prefix) in [("", ""), (ALL, "demo-"), (emulated, "")] {
        let repository = Repository::with("", config);
        assert_eq!(repository.ci(&["github"]).code, 0);
        for file in FILES {
            let text = repository.read(&file.replace("workflows/", &format!("workflows/{prefix}")));
            assert!(text.contains("\npermissions: {}\n"), "{file}");
            assert!(!text.contains("pull_request_target") && !text.contains("secrets"), "{file}");
            let count = |what: &str| text.matches(what).count();
            assert_eq!(count("actions/checkout@"), count("persist-credentials: false"), "{file}");
            assert_eq!(count("setup-uv@"), count("enable-cache: false"), "{file}");
            let uses = text.lines().filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix("uses: "));
            for used in uses.filter(|used| !used.starts_with("./")) {
                let (_, pin) = used.split_once('@').unwrap();
                let (sha, version) = pin.split_once(" # v").unwrap();
                assert!(sha.len() == 40 && sha.bytes().all(|byte| byte.is_ascii_hexdigit()), "{used}");
                assert_eq!(version.split('.').count(), 3, "{used}");
            }
            assert_eq!(no_expression_in_a_script(&text), None, "{file}");
        }
    }
}

/// A line of a `run:` in which GitHub would replace something before a shell reads it.
fn no_expression_in_a_script(text: &str) -> Option<&str> {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let mut script: Option<usize> = None;
    for line in text.lines() {
        if script.is_some_and(|outer| depth(line) > outer || line.is_empty()) {
            if line.contains("${{") {
                return Some(line);
            }
            continue;
        }
        script = None;
        if let Some(command) = line.trim_start().strip_prefix("run:").filter(|rest| !rest.is_empty()) {
            if command.contains("${{") {
                return Some(line);
            }
            script = Some(depth(line));
        }
    }
    None
}

/// The jobs of a workflow: each with its name, in the order of the text.
pub(crate) fn jobs(text: &str) -> Vec<String> {
    let (_, text) = text.split_once("\njobs:\n").unwrap();
    let mut jobs: Vec<String> = Vec::new();
    for line in text.lines() {
        if line.starts_with("  ") && !line.starts_with("   ") && line.ends_with(':') {
            jobs.push(String::new());
        }
        jobs.last_mut().unwrap().push_str(&format!("{line}\n"));
    }
    jobs
}

#[test]
fn a_token_of_the_index_is_in_one_job_with_nothing_beside_it() {
    let repository = Repository::with("", "");
    repository.ci(&["github"]);
    let release = repository.read(FILES[2]);
    let jobs: Vec<String> = jobs(&release).into_iter().filter(|job| job.contains("runs-on:")).collect();
    assert_eq!(jobs.len(), 5, "{jobs:?}");
    let with: Vec<&String> = jobs.iter().filter(|job| job.contains("id-token: write")).collect();
    assert_eq!(with.len(), 2);
    let publish = jobs.iter().find(|job| job.starts_with("  publish:")).unwrap();
    assert!(publish.contains("environment:") && publish.contains("id-token: write"));
    // From the sources it has only the lock that it installs, and nothing that could run.
    let only = "sparse-checkout: /.github/monowheel/publish.txt\n          sparse-checkout-cone-mode: false\n";
    assert_eq!((publish.matches("checkout@").count(), publish.matches(only).count()), (1, 1), "{publish}");
    assert_eq!(publish.matches(": write").count(), 1, "{publish}");
    assert_eq!(jobs.iter().filter(|job| job.contains("attestations: write")).count(), 1);
}
