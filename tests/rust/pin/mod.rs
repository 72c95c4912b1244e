//! Pins: written from an index on this machine and from directories, and checked after changes there.
mod bad;
mod checks;
mod pins;
mod publishers;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use monowheel_error::Result;
use monowheel_forge::wheel::Wheel;
use monowheel_net::{IndexOptions, Limits};
use monowheel_release::pin::check::{self, Report, check};
use monowheel_release::pin::{Pinned, Request, Scope, pin};
use monowheel_system::hash::sha256;
use serde_json::{Value, json};

use crate::server::{Reply, Server};

const LINUX: &str = "manylinux_2_17_x86_64.manylinux2014_x86_64";

/// A file of the index: its entry on the page, and its bytes.
#[derive(Clone)]
struct Served {
    name: String,
    bytes: Vec<u8>,
    /// Overrides for the page.
    page: Value,
    /// The document with its attestations.
    provenance: Option<Value>,
}

impl Served {
    fn new(name: &str, bytes: Vec<u8>) -> Self {
        Self { name: name.to_owned(), bytes, page: json!({}), provenance: None }
    }

    fn of(wheel: &Wheel) -> Self {
        Self::new(&wheel.file, wheel.bytes())
    }

    fn saying(self, page: Value) -> Self {
        Self { page, ..self }
    }
}

/// An index of the project demo, whose files tests change.
struct Index {
    server: Server,
    files: Arc<Mutex<Vec<Served>>>,
}

impl Index {
    fn of(files: Vec<Served>) -> Self {
        let files = Arc::new(Mutex::new(files));
        let shared = Arc::clone(&files);
        let server = Server::start(move |request| {
            let files = shared.lock().unwrap();
            if request.path == "/simple/demo/" {
                let page: Vec<Value> = files.iter().map(row).collect();
                return Reply::new(200, json!({"meta": {"api-version": "1.1"}, "files": page}).to_string())
                    .header("Content-Type", "application/vnd.pypi.simple.v1+json");
            }
            let provenance = |file: &&Served| request.path == format!("/p/{}", file.name);
            if let Some(provenance) = files.iter().find(provenance).and_then(|file| file.provenance.as_ref()) {
                return Reply::new(200, provenance.to_string());
            }
            let file = files.iter().find(|file| request.path.split('?').next() == Some(&*format!("/f/{}", file.name)));
            file.map_or_else(|| Reply::new(404, ""), |file| Reply::file(request, &file.bytes, "\"1\""))
        });
        Self { server, files }
    }

    /// Two wheels of one ABI, and an sdist.
    fn usual() -> Self {
        let sdist = Served::new("demo-1.0.tar.gz", b"sdist".to_vec());
        Self::of(vec![Served::of(&Wheel::abi3(LINUX)), Served::of(&Wheel::abi3("win_amd64")), sdist])
    }

    fn change(&self, change: impl FnOnce(&mut Vec<Served>)) {
        change(&mut self.files.lock().unwrap());
    }

    fn options(&self) -> IndexOptions {
        let limits = Limits { pause: Duration::from_millis(1), attempts: 1, ..Limits::default() };
        let index_url = Some(self.server.url("/simple/"));
        IndexOptions { environment: |_| None, limits, index_url, ..IndexOptions::default() }
    }

    fn request(&self) -> Request {
        Request { subjects: vec!["demo==1.0".into()], index: self.options(), ..Request::default() }
    }

    fn pin(&self) -> Result<Pinned> {
        pin(&self.request())
    }

    fn check(&self, file: &Path) -> Result<Report> {
        let index = IndexOptions { index_url: None, ..self.options() };
        // A lock file names its index itself.
        let index = if file.ends_with("pylock.toml") { index } else { self.options() };
        check(&check::Request { file: file.to_owned(), index, ..check::Request::default() })
    }

    /// Text without the parts that differ from run to run.
    fn shown(&self, text: &str) -> String {
        let mut text = text.replace(&self.server.url(""), "https://index.example");
        text = text.replace(monowheel_error::VERSION, "[version]");
        for file in self.files.lock().unwrap().iter() {
            let sha256 = sha256(&file.bytes);
            text = text.replace(&sha256, &format!("<{}>", file.name)).replace(&sha256[..16], "<16 digits>");
            text = text.replace(&format!("size = {}\n", file.bytes.len()), "size = <bytes>\n");
        }
        text
    }
}

fn row(file: &Served) -> Value {
    let mut row = json!({
        "filename": file.name, "url": format!("/f/{}", file.name), "size": file.bytes.len(),
        "hashes": {"sha256": sha256(&file.bytes)}, "requires-python": ">=3.8",
    });
    if file.provenance.is_some() {
        row["provenance"] = format!("/p/{}", file.name).into();
    }
    row.as_object_mut().unwrap().extend(file.page.as_object().unwrap().clone());
    row
}

/// The pin in both forms, in a directory.
fn written(pinned: &Pinned, folder: &Path) -> [PathBuf; 2] {
    let files = [folder.join("requirements.txt"), folder.join("pylock.toml")];
    fs_err::write(&files[0], monowheel_release::pin::requirements::render(pinned)).unwrap();
    fs_err::write(&files[1], monowheel_release::pin::pylock::render(pinned, folder).unwrap()).unwrap();
    files
}

/// A directory with wheels, and their `SHA256SUMS`.
fn dist(wheels: &[Wheel]) -> tempfile::TempDir {
    let dir = tempfile::Builder::new().prefix("a dist").tempdir().unwrap();
    let mut sums = String::new();
    for wheel in wheels {
        fs_err::write(dir.path().join(&wheel.file), wheel.bytes()).unwrap();
        sums += &format!("{}  {}\n", sha256(&wheel.bytes()), wheel.file);
    }
    fs_err::write(dir.path().join("SHA256SUMS"), sums).unwrap();
    dir
}

fn files(pinned: &Pinned) -> Vec<&str> {
    pinned.releases[0].wheels.iter().map(|wheel| wheel.file.as_str()).collect()
}

fn refusal<T>(result: Result<T>) -> String {
    let error = result.err().unwrap();
    format!("{:?} {error}", error.kind().exit_code())
}

fn scope(platforms: &[&str], pythons: &[&str]) -> Scope {
    Scope {
        platforms: platforms.iter().map(|&name| name.to_owned()).collect(),
        pythons: pythons.iter().map(|text| text.parse().unwrap()).collect(),
    }
}
