//! The packages that workflows install: each by the hash of its file, and no others.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::ci::pages::jobs;
use crate::ci::repository::{FILES, Repository};
use crate::server::{Reply, Server};

const PUBLISH: &str = ".github/monowheel/publish.txt";
const BUILD: &str = ".github/monowheel/build.txt";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A project on an index, and its files.
type Page = (String, Vec<Value>);
/// Problems of the files of a project.
type Spoil = fn(&mut Vec<Value>);

/// An index, and how often it was asked.
struct Index {
    server: Server,
    asked: Arc<AtomicUsize>,
    pages: Arc<Mutex<Vec<Page>>>,
}

impl Index {
    /// With wheels of monowheel and of a maturin that monowheel was not tested with.
    fn new() -> Self {
        let wheel = |name: &str, version: &str, platform: &str, digit: &str| {
            let file = format!("{name}-{version}-cp38-abi3-{platform}.whl");
            json!({"filename": file, "url": format!("/f/{file}"), "hashes": {"sha256": digit.repeat(64)}})
        };
        let pages = vec![
            (
                "monowheel".to_owned(),
                vec![
                    wheel("monowheel", VERSION, "manylinux_2_17_x86_64", "b"),
                    wheel("monowheel", VERSION, "win_amd64", "a"),
                    wheel("monowheel", "0.0.1", "win_amd64", "c"),
                ],
            ),
            ("maturin".to_owned(), vec![wheel("maturin", "1.99.0", "manylinux_2_17_x86_64", "d")]),
        ];
        let (asked, pages) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(pages)));
        let (count, shared) = (Arc::clone(&asked), Arc::clone(&pages));
        let server = Server::start(move |request| {
            count.fetch_add(1, Ordering::SeqCst);
            let pages = shared.lock().unwrap();
            let found = pages.iter().find(|(name, _)| request.path == format!("/simple/{name}/"));
            found.map_or_else(
                || Reply::new(404, ""),
                |(_, files)| {
                    Reply::new(200, json!({"meta": {"api-version": "1.1"}, "files": files}).to_string())
                        .header("Content-Type", "application/vnd.pypi.simple.v1+json")
                },
            )
        });
        Self { server, asked, pages }
    }

    fn ci(&self, repository: &Repository, words: &[&str]) -> crate::said::Ended {
        let url = self.server.url("/simple/");
        let words: Vec<&str> = words.iter().copied().chain(["--index-url", &url]).collect();
        repository.ci_asking(&repository.root, &words)
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[test]
fn hashes_are_asked_for_once_and_compared_offline() {
    let (index, repository) = (Index::new(), Repository::with("", ""));
    let first = index.ci(&repository, &["github"]);
    assert_eq!(first.code, 0, "{}{}", first.out, first.err);
    assert_eq!(index.asked(), 1, "one page of one project");
    let lock = repository.read(PUBLISH);
    let entry = format!(
        "monowheel=={VERSION} \\\n    --hash=sha256:{} \\\n    --hash=sha256:{}\n",
        "a".repeat(64),
        "b".repeat(64)
    );
    assert!(lock.contains(&entry), "the wheels of this version, for every system, and no other: {lock}");
    assert!(lock.contains("\ntwine==") && lock.contains("\nsigstore=="), "{lock}");
    let all = repository.all();
    for again in [&["github"][..], &["github", "--check"]] {
        let ended = index.ci(&repository, again);
        assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{}", ended.out);
    }
    assert_eq!((index.asked(), repository.all()), (1, all), "what is known is not asked for again");
}

#[test]
fn a_changed_lock_is_drift() {
    let (index, repository) = (Index::new(), Repository::with("", ""));
    index.ci(&repository, &["github"]);
    let lock = repository.read(PUBLISH);
    let twine = lock.find("\ntwine==").unwrap();
    let hash = lock[twine..].find("sha256:").unwrap() + twine + "sha256:".len();
    let mut changed = lock.clone();
    changed.replace_range(hash..hash + 64, &"0".repeat(64));
    for text in [changed, lock.replace("\ntwine==", "\nevil==1.0\ntwine=="), lock.replace("--hash=sha256:aaa", "# aaa")]
    {
        repository.write(PUBLISH, &text);
        let check = index.ci(&repository, &["github", "--check"]);
        assert!(check.code == 1 && check.out.contains("publish.txt: drifted"), "{}{}", check.out, check.err);
        assert_eq!(index.ci(&repository, &["github"]).code, 0);
        assert_eq!(repository.read(PUBLISH), lock);
    }
}

#[test]
fn a_lock_without_hashes_is_never_as_it_has_to_be() {
    let (index, repository) = (Index::new(), Repository::with("", ""));
    let offline = repository.ci(&["github"]);
    assert!(offline.code == 0 && offline.err.contains(&format!("monowheel=={VERSION}")), "{}", offline.err);
    let lock = repository.read(PUBLISH);
    assert!(lock.contains(&format!("\nmonowheel=={VERSION}\n")), "pip refuses an entry without a hash: {lock}");
    assert_eq!(index.ci(&repository, &["github", "--check"]).code, 1);
    assert_eq!(index.asked(), 0, "--check asks no index");
    assert_eq!(repository.ci(&["github", "--check"]).code, 0, "but where --offline takes it as it is");
    assert_eq!(index.ci(&repository, &["github"]).code, 0);
    assert_eq!(index.ci(&repository, &["github", "--check"]).code, 0);
}

#[test]
fn an_index_that_says_too_little_is_refused_and_nothing_is_written() {
    let repository = Repository::with("", "");
    let spoilt: [(&str, Spoil); 4] = [
        ("has no release", |files| files.retain(|file| !file["filename"].as_str().unwrap().contains(VERSION))),
        ("SHA-256", |files| files[1]["hashes"] = json!({})),
        ("no wheel", |files| {
            files.retain(|_| false);
            let file = format!("monowheel-{VERSION}.tar.gz");
            files.push(json!({"filename": file, "url": file, "hashes": {"sha256": "a".repeat(64)}}));
        }),
        ("no wheel", |files| files.iter_mut().for_each(|file| file["yanked"] = json!("broken"))),
    ];
    for (why, spoil) in spoilt {
        let index = Index::new();
        spoil(&mut index.pages.lock().unwrap()[0].1);
        let ended = index.ci(&repository, &["github"]);
        assert!(ended.code == 2 && ended.err.contains("--offline"), "{why}: {}{}", ended.out, ended.err);
        assert!(!repository.top.join(".github").exists(), "{why}");
    }
}

#[test]
fn tools_of_the_project_are_locked_too() {
    let index = Index::new();
    let config = "[tool.monowheel.ci]\ntools = [\"Maturin==1.99.0\", \"ziglang==0.17.1\"]";
    let repository = Repository::with("", config);
    let ended = index.ci(&repository, &["github"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    let lock = repository.read(BUILD);
    assert!(lock.contains(&format!("\nmaturin==1.99.0 \\\n    --hash=sha256:{}\n", "d".repeat(64))), "{lock}");
    assert_eq!(lock.matches("\nmaturin==").count(), 1, "one version: {lock}");
    assert!(lock.contains("\nziglang==0.17.1 \\\n") && lock.contains("\ncargo-zigbuild=="), "{lock}");
    assert_eq!(index.asked(), 2, "the tested ziglang has its hashes in monowheel");
}

/// Commands that install packages, or run one that is installed for it.
const INSTALLERS: [&str; 7] = ["pip install", "uvx", "uv tool", "pipx", "uv run", "easy_install", "npm "];

#[test]
fn whatever_is_installed_has_a_hash() {
    let config = "[tool.cibuildwheel]\nbuild = \"cp3*-win_*\"\n[tool.monowheel.ci]\nmsvc = true\n";
    let github = Repository::with("", config);
    github.write("tox.ini", "[tox]\nenv_list = py38\n");
    assert_eq!(github.ci(&["github"]).code, 0);
    let gitlab = Repository::with("", "");
    assert_eq!(gitlab.ci(&["gitlab"]).code, 0);
    let own = Repository::with("", "");
    own.project("", "monowheel", "");
    assert_eq!(own.ci(&["github"]).code, 0);
    let mut installs = 0;
    for (repository, files) in [(&github, &FILES[..]), (&own, &FILES[..]), (&gitlab, &[".gitlab-ci.yml"][..])] {
        for file in files {
            let text = repository.read(file).replace("\\\n", " ");
            for line in text.lines().filter(|line| INSTALLERS.iter().any(|installer| line.contains(installer))) {
                installs += 1;
                let is_hashed = line.contains("--require-hashes")
                    && (line.contains("--only-binary :all:") || line.contains("--no-build"));
                // Files that this run built and compared, or its own sources with the locked tools.
                let is_local = line.contains("--no-index");
                assert!(is_hashed || is_local, "{file}: {line}");
            }
        }
    }
    assert!(installs > 15, "{installs}");
}

#[test]
fn what_a_job_gets_from_another_is_compared_before_it_is_used() {
    let repository = Repository::with("", "");
    repository.ci(&["github"]);
    let release = repository.read(FILES[2]);
    for job in ["check", "attest", "draft", "publish"] {
        let start = format!("  {job}:\n");
        let text = jobs(&release).into_iter().find(|text| text.starts_with(&start)).unwrap();
        let compared = text.find("= \"$BUILT  -\"").unwrap_or_else(|| panic!("{job}: {text}"));
        assert!(text.contains("BUILT: ${{ needs.wheels.outputs.built }}"), "{job}");
        for use_of_it in ["pip install", "monowheel\" ", "actions/attest@", "gh release"] {
            assert!(text.find(use_of_it).is_none_or(|at| compared < at), "{job}: {use_of_it}");
        }
    }
    assert!(!release.contains("cache") && !release.contains("setup-uv"), "nothing that another run can poison");
}

#[test]
fn images_are_pinned_by_the_digests_that_the_project_names() {
    let digest = format!("sha256:{}", "e".repeat(64));
    let config = format!("[tool.monowheel.ci]\nimage-digests = {{ \"python:3.13\" = \"{digest}\" }}");
    let repository = Repository::with("", &config);
    assert_eq!(repository.ci(&["gitlab"]).code, 0);
    let text = repository.read(".gitlab-ci.yml");
    assert_eq!(text.matches(&format!("  image: python:3.13@{digest}\n")).count(), 2, "check and publish: {text}");
    assert!(text.contains("  image: rust:1-trixie\n"), "{text}");
}
