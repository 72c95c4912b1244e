//! A project, its sdist and its wheels, and tools that are scripts.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use monowheel_build::event::{Event, Watch};
use monowheel_build::kept::Sources;
use monowheel_build::toolchain::Machine;
use monowheel_build::toolchain::rust::Toolchain;
use monowheel_build::toolchain::std_cache::StdCache;
use monowheel_build::toolchain::tools::Tool;
use monowheel_forge::wheel::Wheel;
use monowheel_system::exec::{CancelToken, Isolation, Isolator};

pub(crate) const SDIST: &str = "demo-1.0.tar.gz";
pub(crate) const GLIBC: &str = "manylinux2014_x86_64.manylinux_2_17_x86_64";
const MUSL: &str = "musllinux_1_2_x86_64";

const CARGO: &str = "[package]\nname = \"demo\"\nversion = \"1.0.0\"\nedition = \"2021\"\n\
                     [lib]\nname = \"demo\"\ncrate-type = [\"cdylib\"]\n\
                     [dependencies]\npyo3 = { version = \"0.29.3\", features = [\"abi3-py38\"] }\n";
const LOCK: &str = "version = 4\n\n[[package]]\nname = \"demo\"\nversion = \"1.0.0\"\ndependencies = [\n \"pyo3\",\n]\n\n\
                    [[package]]\nname = \"pyo3\"\nversion = \"0.29.3\"\n";
const PYPROJECT: &str = "[build-system]\nrequires = [\"maturin\"]\nbuild-backend = \"maturin\"\n\
                         [project]\nname = \"demo\"\nversion = \"1.0\"\nrequires-python = \">=3.8\"\n\
                         [tool.maturin]\nmodule-name = \"demo._demo\"\n";

/// Directories of a test: `project`, `tools/bin`, `tools/lib`, and `outside`, which no source may touch.
pub(crate) struct Fixture {
    dir: tempfile::TempDir,
}

/// Sees nothing.
pub(crate) struct Blind;

impl Watch for Blind {
    fn saw(&self, _: &Event<'_>) {}
}

impl Fixture {
    /// `attack` is what the source does when it is built: shell commands, with `$out`, the directory for the wheel.
    pub(crate) fn new(attack: &str) -> Self {
        let fixture = Self { dir: tempfile::tempdir().unwrap() };
        for name in ["project/src", "tools/bin", "tools/lib", "outside"] {
            fs_err::create_dir_all(fixture.path(name)).unwrap();
        }
        let members = [("Cargo.toml", CARGO), ("Cargo.lock", LOCK), ("pyproject.toml", PYPROJECT), ("src/lib.rs", "")];
        for (name, text) in members {
            fs_err::write(fixture.path("project").join(name), text).unwrap();
        }
        let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (name, text) in
            members.into_iter().chain([("PKG-INFO", "Metadata-Version: 2.4\nName: demo\nVersion: 1.0\n")])
        {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            archive.append_data(&mut header, format!("demo-1.0/{name}"), text.as_bytes()).unwrap();
        }
        fs_err::write(fixture.path("tools/lib").join(SDIST), archive.into_inner().unwrap().finish().unwrap()).unwrap();
        for platform in [GLIBC, MUSL] {
            let wheel = Wheel::abi3(platform);
            fs_err::write(fixture.path("tools/lib").join(&wheel.file), wheel.bytes()).unwrap();
        }
        fs_err::write(fixture.path("outside/secret"), "s3cret").unwrap();
        fixture.tool("cargo", "exit 0");
        fixture.tool("rustc", "exit 0");
        fixture.tool("zig", "echo 0.17.0");
        let lib = fixture.path("tools/lib");
        let maturin = format!(
            "kind=$1 out= glibc=musllinux\n\
             if [ \"$kind\" = --version ]; then echo maturin 1.16.0; exit 0; fi\n\
             while [ $# -gt 0 ]; do\n\
             case $1 in --out) out=$2 ;; --compatibility) case $2 in many*) glibc=manylinux ;; esac ;; esac\n\
             shift\n\
             done\n\
             if [ \"$kind\" = sdist ]; then cp {lib}/{SDIST} \"$out\"; exit 0; fi\n\
             cp {lib}/*$glibc*.whl \"$out\"\n\
             {attack}\n\
             exit 0",
            lib = lib.display()
        );
        fixture.tool("maturin", &maturin);
        fixture
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A program in `tools/bin`.
    pub(crate) fn tool(&self, name: &str, script: &str) {
        let path = self.path("tools/bin").join(name);
        fs_err::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub(crate) fn machine(&self) -> Machine {
        let bin = self.path("tools/bin");
        let tool = |name: &str, version: &str| Some(Tool { path: bin.join(name), version: version.to_owned() });
        Machine {
            python: None,
            maturin: tool("maturin", "1.16.0"),
            zig: tool("zig", "0.17.0"),
            toolchains: vec![Toolchain {
                name: "fake".to_owned(),
                rustc: bin.join("rustc"),
                cargo: bin.join("cargo"),
                verbose_version: "rustc 1.96.0\nhost: x86_64-unknown-linux-gnu\nrelease: 1.96.0\n".to_owned(),
                sysroot: self.path("tools/lib"),
                installed: ["x86_64-unknown-linux-gnu", "x86_64-unknown-linux-musl"].map(str::to_owned).into(),
                has_source: false,
                by_rustup: false,
                is_default: true,
                std: std::collections::BTreeMap::new(),
            }],
            std_cache: StdCache::at(self.path("std")),
            native: Sources::at(PathBuf::from("/nowhere"), true),
            sdkroot: None,
            windows_sdk: None,
            cores: 1,
            others: Vec::new(),
        }
    }
}

/// Bytes as in a file.
pub(crate) fn read(path: &Path) -> Vec<u8> {
    fs_err::read(path).unwrap()
}

/// The isolation on this machine; `None`, with a message, if there is none.
pub(crate) fn isolator() -> Option<Isolator> {
    let isolator = Isolator::choose(Isolation::Auto, &CancelToken::default()).unwrap();
    if !isolator.is_on() {
        eprintln!("skipped: {}", isolator.report().line());
        return None;
    }
    Some(isolator)
}
