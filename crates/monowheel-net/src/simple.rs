//! The simple repository API: the files of a project on an index (PEP 503 as HTML, PEP 691 as JSON,
//! with PEP 592 yanking, PEP 658/714 metadata files and PEP 700 sizes).

use std::io::Read as _;

use flate2::read::GzDecoder;
use monowheel_error::{Error, ErrorKind, Result};
use serde::Deserialize;
use serde_json::Value;
use ureq::http::header;

use crate::address::Address;
use crate::anchors::anchors;
use crate::answer::{Answer, Ask};
use crate::client::Client;

const JSON: &str = "application/vnd.pypi.simple.v1+json";
const ACCEPT: &str = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01";

/// A file that can be downloaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteFile {
    /// Its name.
    pub name: String,
    /// Its URL.
    pub address: Address,
    /// Lower-case hexadecimal SHA-256, if the index has it.
    pub sha256: Option<String>,
    /// Size in bytes, if the index has it.
    pub size: Option<u64>,
    /// `Requires-Python`.
    pub requires_python: Option<String>,
    /// Why it was yanked; empty when no reason is given.
    pub yanked: Option<String>,
    /// Whether the index serves the wheel's METADATA as a separate file.
    pub has_metadata: bool,
    /// Upload time, if the index has it (PEP 700): `2026-11-21T22:44:45.123456Z`.
    pub uploaded: Option<String>,
    /// URL of its attestations (PEP 740).
    pub provenance: Option<Address>,
    /// The index that lists it; `None` for a file that is named by its URL.
    pub index: Option<Address>,
}

impl RemoteFile {
    /// A file known only by its URL; the fragment may contain its hash.
    #[must_use]
    pub fn at(address: Address) -> Self {
        Self {
            name: address.file_name(),
            sha256: address.fragment("sha256").and_then(sha256_of),
            address,
            size: None,
            requires_python: None,
            yanked: None,
            has_metadata: false,
            uploaded: None,
            provenance: None,
            index: None,
        }
    }
}

/// A SHA-256 in lower case, if it is one.
pub(super) fn sha256_of(text: &str) -> Option<String> {
    let is_one = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_one.then(|| text.to_ascii_lowercase())
}

/// The files of a project (its normalized name) on one index; `None` when the index has no such project.
///
/// # Errors
/// When the index cannot be queried, or its response is not a page of the simple API.
pub(super) fn files(client: &Client, index: &Address, project: &str) -> Result<Option<Vec<RemoteFile>>> {
    let page = index.project(project);
    let found = document(client, &page, ACCEPT, client.limits.page)?;
    found.map(|(answer, text)| read(&answer, &text)).transpose()
}

/// A document of an index, and the head of the response; `None` if there is none.
///
/// # Errors
/// When the index cannot be queried, or the document is longer than `most` bytes.
pub(super) fn document(
    client: &Client,
    page: &Address,
    accept: &'static str,
    most: usize,
) -> Result<Option<(Answer, String)>> {
    let ask = Ask { accept: Some(accept), gzip: true, ..Ask::default() };
    let mut attempt = 1;
    loop {
        let mut answer = client.get(page, &ask)?;
        match answer.status {
            200 => {}
            404 | 410 => return Ok(None),
            _ => return Err(answer.refusal(page)),
        }
        match body(&mut answer, most, page) {
            Ok(text) => return Ok(Some((answer, text))),
            Err(error) if error.kind() != ErrorKind::Io || attempt >= client.limits.attempts => return Err(error),
            Err(_) => {}
        }
        drop(answer);
        client.stop.wait(client.pause(attempt))?;
        attempt += 1;
    }
}

/// The text of a page, decompressed; at most `most` bytes in either form.
fn body(answer: &mut Answer, most: usize, page: &Address) -> Result<String> {
    let is_gzip = answer.header(header::CONTENT_ENCODING).is_some_and(|coding| coding.eq_ignore_ascii_case("gzip"));
    if !is_gzip && !answer.is_plain() {
        return Err(Error::new(ErrorKind::Format, "unexpected `Content-Encoding` of the index page").at(page));
    }
    let bound = most as u64 + 1;
    let mut bytes = Vec::new();
    let mut packed = (&mut answer.body).take(bound);
    let read = if is_gzip {
        GzDecoder::new(&mut packed).take(bound).read_to_end(&mut bytes)
    } else {
        packed.read_to_end(&mut bytes)
    };
    let too_long = bytes.len() > most || packed.limit() == 0;
    match read {
        Ok(_) if !too_long => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if !too_long => {
            Err(Error::new(ErrorKind::Io, format!("the index page was interrupted: {error}")).at(page))
        }
        _ => Err(Error::new(ErrorKind::Format, format!("the index page is longer than {most} bytes")).at(page)),
    }
}

fn read(answer: &Answer, text: &str) -> Result<Vec<RemoteFile>> {
    page(&answer.address, answer.header(header::CONTENT_TYPE).unwrap_or("text/html"), text)
}

/// The files on a project's page from `base`, of the `Content-Type` `kind`.
///
/// # Errors
/// [`ErrorKind::Format`] when it is not a page of the simple API.
pub fn page(base: &Address, kind: &str, text: &str) -> Result<Vec<RemoteFile>> {
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        JSON | "application/json" => json(base, text),
        "application/vnd.pypi.simple.v1+html" | "text/html" | "application/xhtml+xml" => Ok(html(base, text)),
        other => Err(Error::new(ErrorKind::Format, format!("not an index page: its type is {other}"))
            .at(base)
            .next("use the URL of the index's simple API, such as https://pypi.org/simple/")),
    }
}

/// A project page of PEP 691, as far as it is needed.
#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    meta: Meta,
    files: Vec<JsonFile>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Meta {
    #[serde(default)]
    api_version: Option<String>,
}

/// Values whose type an index may get wrong are read leniently: one odd file must not hide the others.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct JsonFile {
    filename: String,
    url: String,
    #[serde(default)]
    hashes: Value,
    #[serde(default)]
    requires_python: Value,
    #[serde(default)]
    core_metadata: Value,
    /// The name before PEP 714.
    #[serde(default)]
    dist_info_metadata: Value,
    #[serde(default)]
    yanked: Value,
    #[serde(default)]
    size: Value,
    #[serde(default)]
    upload_time: Value,
    #[serde(default)]
    provenance: Value,
}

fn json(base: &Address, text: &str) -> Result<Vec<RemoteFile>> {
    let page: Page = serde_json::from_str(text)
        .map_err(|error| Error::new(ErrorKind::Format, format!("not an index page (PEP 691): {error}")).at(base))?;
    let version = page.meta.api_version.as_deref().unwrap_or("1.0");
    if version.split('.').next() != Some("1") {
        return Err(Error::new(ErrorKind::Format, format!("unknown version {version} of the index's API")).at(base));
    }
    let files = page.files.into_iter().filter_map(|file| {
        let address = base.join(&file.url).ok()?;
        Some(RemoteFile {
            sha256: file.hashes.get("sha256").and_then(Value::as_str).and_then(sha256_of),
            size: file.size.as_u64(),
            requires_python: file.requires_python.as_str().map(str::to_owned),
            yanked: match file.yanked {
                Value::Bool(true) => Some(String::new()),
                Value::String(why) => Some(why),
                _ => None,
            },
            has_metadata: [&file.core_metadata, &file.dist_info_metadata]
                .into_iter()
                .any(|value| value.is_object() || value.as_bool() == Some(true)),
            uploaded: file.upload_time.as_str().map(str::to_owned),
            provenance: file.provenance.as_str().and_then(|url| base.join(url).ok()),
            name: plain_name(file.filename)?,
            address,
            index: None,
        })
    });
    Ok(files.collect())
}

fn html(base: &Address, text: &str) -> Vec<RemoteFile> {
    let (base_href, anchors) = anchors(text);
    let base = base_href.and_then(|href| base.join(&href).ok()).unwrap_or_else(|| base.clone());
    let files = anchors.into_iter().filter_map(|mut anchor| {
        let address = base.join(&anchor.remove("href")?).ok()?;
        let metadata = anchor.remove("data-core-metadata").or_else(|| anchor.remove("data-dist-info-metadata"));
        let provenance = anchor.remove("data-provenance");
        let file = RemoteFile::at(address);
        Some(RemoteFile {
            name: plain_name(file.name)?,
            provenance: provenance.and_then(|url| base.join(&url).ok()),
            requires_python: anchor.remove("data-requires-python"),
            yanked: anchor.remove("data-yanked"),
            has_metadata: metadata.is_some_and(|value| value != "false"),
            ..file
        })
    });
    files.collect()
}

/// A file name without a path.
fn plain_name(name: String) -> Option<String> {
    (!name.is_empty() && !name.contains(['/', '\\']) && !name.contains(char::is_control)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    #[test]
    fn both_forms_say_the_same() -> Result<()> {
        let base = Address::parse("https://i.example/simple/x/")?;
        let html = html(
            &base,
            &format!(
                "<!DOCTYPE html><html><body><h1>Links for x</h1>\n<a href=\"../../f/x-1-py3-none-any.whl#sha256={HASH}\" \
                 data-requires-python=\"&gt;=3.8\" data-yanked=\"broken &amp; old\" data-core-metadata=\"sha256=00\" data-provenance=\"/p/x\">x</a><br>"
            ),
        );
        let json = json(
            &base,
            &serde_json::json!({"meta": {"api-version": "1.3"}, "name": "x", "unknown": [], "files": [{
                "filename": "x-1-py3-none-any.whl", "url": "/f/x-1-py3-none-any.whl", "hashes": {"sha256": HASH.to_uppercase()},
                "requires-python": ">=3.8", "yanked": "broken & old", "core-metadata": {"sha256": "00"}, "provenance": "/p/x"}]})
            .to_string(),
        )?;
        let shown = |files: &[RemoteFile]| {
            files
                .iter()
                .map(|file| {
                    (
                        file.name.clone(),
                        file.address.request(),
                        file.sha256.clone(),
                        file.requires_python.clone(),
                        file.yanked.clone(),
                        file.has_metadata,
                        file.provenance.as_ref().map(Address::request),
                    )
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(shown(&html), shown(&json));
        assert_eq!(json.len(), 1);
        assert_eq!(json[0].sha256.as_deref(), Some(HASH));
        assert_eq!(json[0].yanked.as_deref(), Some("broken & old"));
        assert_eq!(json[0].provenance.as_ref().map(Address::request).as_deref(), Some("https://i.example/p/x"));
        Ok(())
    }

    #[test]
    fn an_odd_file_hides_no_other() -> Result<()> {
        let base = Address::parse("https://i.example/simple/x/")?;
        let page = serde_json::json!({"meta": {"api-version": "1.0"}, "files": [
            {"filename": "a/../b.whl", "url": "b.whl", "hashes": {}},
            {"filename": "c.whl", "url": "ftp://c", "hashes": {}},
            {"filename": "d.whl", "url": "d.whl", "hashes": null, "size": "many", "yanked": false, "requires-python": null}]});
        let files = json(&base, &page.to_string())?;
        assert_eq!(files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["d.whl"]);
        assert_eq!((&files[0].sha256, files[0].size, &files[0].yanked), (&None, None, &None));
        Ok(())
    }

    #[test]
    fn a_later_major_version_is_refused() -> Result<()> {
        let base = Address::parse("https://i.example/simple/x/")?;
        assert!(json(&base, r#"{"meta": {"api-version": "2.0"}, "files": []}"#).is_err());
        assert!(json(&base, "{}").is_err());
        Ok(())
    }
}
