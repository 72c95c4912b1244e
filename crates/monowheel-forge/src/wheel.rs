//! Builds wheels: a clean one for each platform, and ways to break it.

use std::fmt::Write as _;

use monowheel_wheel::abi::Family;
use monowheel_wheel::binary::{Binary, Slice};
use monowheel_wheel::filename;

use super::extension;
use super::zip::{Entry, Zip};

/// The directory of the metadata.
pub const INFO: &str = "demo-1.0.dist-info";

/// The description of a wheel: a clean `demo-1.0-cp38-abi3-PLATFORM.whl` until something is changed.
#[derive(Clone, Debug)]
pub struct Wheel {
    /// The file name.
    pub file: String,
    /// Path and bytes of every member except RECORD and the binaries.
    pub members: Vec<(String, Vec<u8>)>,
    /// Path and description of every binary.
    pub binaries: Vec<(String, Binary)>,
    /// `None`: RECORD is computed. `Some`: used as is.
    pub record: Option<Vec<u8>>,
}

impl Wheel {
    /// A wheel without any finding, for a compressed platform tag set such as
    /// `manylinux_2_17_x86_64.manylinux2014_x86_64`; with one extension `demo/_demo` for it.
    pub fn abi3(platform: &str) -> Self {
        Self::new(&format!("cp38-abi3-{platform}"), ">=3.8").extension(platform, Family::Abi3)
    }

    /// The same for `cp315-abi3.abi3t`.
    pub fn abi3t(platform: &str) -> Self {
        Self::new(&format!("cp315-abi3.abi3t-{platform}"), ">=3.15").extension(platform, Family::Abi3t)
    }

    /// A clean `demo-1.0-py3-none-any.whl` without binaries, for problems of an archive.
    pub fn pure() -> Self {
        Self::new("py3-none-any", ">=3.8")
            .info("WHEEL", |text| text.replace("Root-Is-Purelib: false", "Root-Is-Purelib: true"))
    }

    /// A wheel without extensions.
    fn new(tag: &str, pythons: &str) -> Self {
        let metadata = format!(
            "Metadata-Version: 2.4\nName: demo\nVersion: 1.0\nSummary: A demonstration\n\
             License-Expression: MIT\nLicense-File: LICENSE\nRequires-Python: {pythons}\n\
             Description-Content-Type: text/markdown\n\n# demo\n"
        );
        // No serial number and no time: a rebuild gives the same bytes.
        let sbom = serde_json::json!({
            "bomFormat": "CycloneDX",
            "specVersion": "1.5",
            "version": 1,
            "metadata": {"component": {"type": "library", "bom-ref": "demo@1.0", "name": "demo", "version": "1.0"}},
            "components": [],
        });
        let info = |name: &str, text: String| (format!("{INFO}/{name}"), text.into_bytes());
        let members = vec![
            ("demo/__init__.py".to_owned(), b"\"\"\"A demonstration.\"\"\"\n".to_vec()),
            info("METADATA", metadata),
            info("WHEEL", String::new()),
            info("licenses/LICENSE", "MIT License\n\nCopyright (c) the demo authors\n".to_owned()),
            info("sboms/demo.cyclonedx.json", format!("{sbom:#}\n")),
        ];
        Self { file: String::new(), members, binaries: Vec::new(), record: None }.tagged(tag)
    }

    fn extension(mut self, platform: &str, family: Family) -> Self {
        self.binaries.push(extension::clean(platform, family));
        self
    }

    /// Changes the tag (`cp38-abi3-win_amd64`) in the file name and in WHEEL.
    pub fn tagged(mut self, tag: &str) -> Self {
        self.file = format!("demo-1.0-{tag}.whl");
        self.info("WHEEL", |text| {
            let purelib = text.contains("Root-Is-Purelib: true");
            let mut text = format!("Wheel-Version: 1.0\nGenerator: forge (1.0)\nRoot-Is-Purelib: {purelib}\n");
            for tag in filename::expand(tag) {
                writeln!(text, "Tag: {tag}").unwrap();
            }
            text
        })
    }

    /// Changes every slice of the first extension.
    pub fn slices(mut self, change: impl Fn(&mut Slice)) -> Self {
        self.binaries[0].1.slices.iter_mut().for_each(change);
        self
    }

    /// Changes the path of the first extension.
    pub fn extension_at(mut self, path: &str) -> Self {
        path.clone_into(&mut self.binaries[0].0);
        self
    }

    /// Adds a binary, such as a library in `demo.libs/`.
    pub fn with_binary(mut self, path: &str, binary: Binary) -> Self {
        self.binaries.push((path.to_owned(), binary));
        self
    }

    /// Replaces the text of a member of the dist-info (`METADATA`).
    pub fn info(mut self, name: &str, change: impl Fn(String) -> String) -> Self {
        let bytes = self.bytes_of(&format!("{INFO}/{name}"));
        *bytes = change(String::from_utf8(bytes.clone()).unwrap()).into_bytes();
        self
    }

    /// Adds a member; duplicate paths are kept.
    pub fn with(mut self, path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.members.push((path.to_owned(), bytes.into()));
        self
    }

    /// Removes a member.
    pub fn without(mut self, path: &str) -> Self {
        self.bytes_of(path);
        self.members.retain(|(known, _)| known != path);
        self
    }

    /// Changes the computed RECORD.
    pub fn recorded(mut self, change: impl Fn(String) -> String) -> Self {
        self.record = Some(change(record(&self.files())).into_bytes());
        self
    }

    fn bytes_of(&mut self, path: &str) -> &mut Vec<u8> {
        let found = self.members.iter_mut().find(|(known, _)| known == path);
        &mut found.unwrap_or_else(|| panic!("no member {path}")).1
    }

    /// Every file except RECORD, sorted by path.
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files = self.members.clone();
        files.extend(self.binaries.iter().map(|(path, binary)| (path.clone(), super::binary(binary))));
        files.sort_by(|a, b| a.0.cmp(&b.0));
        files
    }

    /// The archive, whose fields a test may still change: sorted, RECORD last, all times the epoch of
    /// MS-DOS, all modes 0644.
    pub fn zip(&self) -> Zip {
        let files = self.files();
        let mut entries: Vec<Entry> = files.iter().map(|(path, bytes)| Entry::new(path, bytes)).collect();
        let record = self.record.clone().unwrap_or_else(|| record(&files).into_bytes());
        entries.push(Entry::new(&format!("{INFO}/RECORD"), &record));
        Zip { entries, ..Zip::default() }
    }

    /// The file's bytes.
    pub fn bytes(&self) -> Vec<u8> {
        self.zip().bytes()
    }
}

/// A RECORD of these files. No path of a fixture needs quotes.
pub fn record(files: &[(String, Vec<u8>)]) -> String {
    use sha2::Digest as _;
    let mut text = String::new();
    for (path, bytes) in files {
        writeln!(text, "{path},sha256={},{}", base64_url(&sha2::Sha256::digest(bytes)), bytes.len()).unwrap();
    }
    text + INFO + "/RECORD,,\n"
}

/// URL-safe base64 without padding, as in RECORD.
pub fn base64_url(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - chunk.len()));
        text.extend((0..=chunk.len()).map(|place| char::from(LETTERS[(bits >> (18 - 6 * place) & 63) as usize])));
    }
    text
}
