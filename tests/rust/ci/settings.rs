//! Valid and invalid settings of a project.

use crate::ci::repository::Repository;

fn refused(config: &str) -> String {
    let repository = Repository::with("", config);
    let all = repository.all();
    let ended = repository.ci(&["github"]);
    assert_eq!(ended.code, 2, "{config}\n{}{}", ended.out, ended.err);
    assert!(ended.err.contains("next:"), "{config}: {}", ended.err);
    assert_eq!(repository.all(), all, "nothing is written");
    ended.err
}

#[test]
fn what_cannot_be_is_said_with_what_can() {
    let unknown = refused("[tool.monowheel.ci]\npython = [\"3.8\"]");
    assert!(
        unknown.contains("`python`") && unknown.contains("`pythons`") && unknown.contains("`runners`"),
        "{unknown}"
    );
    assert!(refused("[tool.monowheel.ci]\npythons = [\"3.14t\"]").contains("starts with 3.15"));
    assert!(refused("[tool.monowheel.ci]\npythons = [\"3.7\"]").contains("Requires-Python"));
    assert!(refused("[tool.monowheel.ci]\npythons = [\"three\"]").contains("not a Python version"));
    assert!(refused("[tool.monowheel.ci]\npythons = [\"3.8; curl x | sh\"]").contains("not a Python version"));
    assert!(refused("[tool.monowheel.ci]\npythons = [\"3.+8\"]").contains("not a Python version"));
    assert!(refused("[tool.monowheel.ci]\npythons = []").contains("no interpreter left"));
    assert!(refused("[tool.monowheel.ci]\nrunners = [\"amiga\"]").contains("windows-arm64"));
    assert!(
        refused("[tool.monowheel]\ntargets = [\"win_amd64\"]\n[tool.monowheel.ci]\nrunners = [\"macos-arm64\"]")
            .contains("macos-arm64")
    );
    assert!(refused("[tool.monowheel]\ntargets = [\"win32\"]").contains("can run any of the wheels"));
    assert!(refused("[tool.monowheel.ci]\nmsvc = true").contains("[tool.cibuildwheel]"));
    assert!(refused("[tool.monowheel.ci]\ntox = true").contains("tox.ini"));
    assert!(refused("[tool.monowheel.release]\ntag = \"v\"").contains("{version}"));
    assert!(refused("[tool.monowheel.release]\ntag = \"v'{version}\"").contains("tag"));
    assert!(refused("[tool.monowheel.ci]\nenvironment = \"${{ secrets.X }}\"").contains("environment"));
}

#[test]
fn a_folder_with_an_odd_name_is_refused() {
    for folder in ["a'b", "$(touch x)", "${{ github.token }}", "a\nb: c", "-a"] {
        let repository = Repository::with(folder, "");
        let ended = repository.ci(&["github"]);
        assert_eq!(ended.code, 2, "{folder}: {}", ended.out);
        assert!(!repository.top.join(".github").exists());
        assert!(!ended.err.contains("a\nb: c"), "{}", ended.err);
    }
}

#[test]
fn a_project_that_cannot_be_built_has_no_workflows() {
    let repository = Repository::with("", "");
    repository
        .write("Cargo.toml", "[package]\nname = \"demo\"\nversion = \"1.0.0\"\n[lib]\ncrate-type = [\"cdylib\"]\n");
    let ended = repository.ci(&["github"]);
    assert!(ended.code == 2 && ended.err.contains("next:"), "{}", ended.err);
    assert_eq!(repository.ci_in(&repository.top.join("gone"), &["github"]).code, 2);
}

#[test]
fn only_what_a_wheel_is_for_is_run() {
    let of = |config: &str| -> serde_json::Value {
        let ended = Repository::with("", config).ci(&["github", "--json"]);
        serde_json::from_str(&ended.out).unwrap_or_else(|_| panic!("{}", ended.err))
    };
    let machine = |json: &serde_json::Value, name: &str| -> Option<String> {
        let all = json["plan"]["machines"].as_array().unwrap();
        let found = all.iter().find(|machine| machine["name"] == name)?;
        let pythons: Vec<&str> =
            found["pythons"].as_array().unwrap().iter().filter_map(serde_json::Value::as_str).collect();
        Some(pythons.join(" "))
    };
    let all = of("");
    assert_eq!(machine(&all, "windows-arm64").as_deref(), Some("3.11 3.12 3.13 3.14 3.15 3.15t"));
    assert_eq!(machine(&all, "linux-aarch64").as_deref(), Some("3.8 3.9 3.10 3.11 3.12 3.13 3.14 3.15 3.15t"));
    assert_eq!(all["plan"]["untested"], serde_json::json!(["musllinux_1_2_x86_64", "musllinux_1_2_aarch64"]));
    assert_eq!(all["plan"]["left_out"][0]["python"], "3.14t");
    let few = of("[tool.monowheel]\ntargets = [\"macosx_11_0_arm64\", \"win_arm64\"]\nabis = [\"abi3\"]\n\
                  [tool.monowheel.ci]\npythons = [\"3.9\", \"3.9\"]");
    assert_eq!(machine(&few, "macos-arm64").as_deref(), Some("3.9"));
    assert_eq!((machine(&few, "macos-x86_64"), machine(&few, "windows-arm64")), (None, None));
    assert_eq!(few["plan"]["untested"], serde_json::json!(["win_arm64"]));
    let abi3 = of("[tool.monowheel]\nabis = [\"abi3\"]");
    assert_eq!(machine(&abi3, "macos-arm64").as_deref(), Some("3.8 3.9 3.10 3.11 3.12 3.13 3.14 3.15"));
    let complete = of("[tool.monowheel]\nabis = [\"auto\"]");
    let every = "3.8 3.9 3.10 3.11 3.12 3.13 3.14 3.15 3.14t 3.15t";
    assert_eq!(machine(&complete, "macos-arm64").as_deref(), Some(every));
    assert_eq!(complete["plan"]["left_out"], serde_json::json!([]));
    let without_gil = of("[tool.monowheel]\nabis = [\"cp314t\"]");
    assert_eq!(machine(&without_gil, "linux-x86_64").as_deref(), Some("3.14t"));
}

#[test]
fn tox_runs_where_it_is_configured_and_by_its_own_names() {
    let written = |config: &str, ini: &str| {
        let repository = Repository::with("", config);
        if !ini.is_empty() {
            repository.write("tox.ini", ini);
        }
        assert_eq!(repository.ci(&["github"]).code, 0);
        repository.read(crate::ci::repository::FILES[1])
    };
    let (py, dotted) = ("tox run -e \"py${python//./}\"", "tox run -e \"$python\"");
    assert!(!written("", "").contains("tox run"));
    assert!(!written("[tool.monowheel.ci]\ntox = false", "[tox]\nenv_list = py38").contains("tox run"));
    assert!(written("", "[tox]\nenv_list = py38").contains(py));
    assert!(written("", "[tox]\nenv_list = 3.8").contains(dotted));
    assert!(written("[tool.tox]\nenv_list = [\"3.8\"]", "").contains(dotted));
    assert!(written("[tool.tox]\nenv_list = [\"py38\"]", "").contains(py));
}
