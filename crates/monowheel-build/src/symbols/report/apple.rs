//! Crash reports of macOS: `.ips` files, and the text form before macOS 12, which other tools still write.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex_lite::Regex;
use serde::Deserialize;

use crate::symbols::report::{Frame, Report};
use crate::symbols::resolve::Address;

/// The second document of an `.ips` file (Apple's "Interpreting the JSON format of a crash report").
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ips {
    used_images: Vec<Image>,
    threads: Vec<Thread>,
    #[serde(default)]
    last_exception_backtrace: Vec<Place>,
}

#[derive(Deserialize)]
struct Image {
    #[serde(default)]
    name: String,
    #[serde(default)]
    uuid: String,
}

#[derive(Deserialize)]
struct Thread {
    #[serde(default)]
    triggered: bool,
    #[serde(default)]
    frames: Vec<Place>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    image_offset: u64,
    image_index: usize,
}

/// The frames of an `.ips` file; `None` if it is none.
pub(super) fn ips(text: &str) -> Option<Report> {
    let (head, body) = text.trim_start().split_once('\n')?;
    head.starts_with('{').then_some(())?;
    // Some tools save the second document alone.
    let ips: Ips = serde_json::from_str(body).or_else(|_| serde_json::from_str(text)).ok()?;
    let mut report = Report::default();
    let threads = ips.threads.iter().enumerate().map(|(number, thread)| {
        let crashed = if thread.triggered { " (crashed)" } else { "" };
        (format!("thread {number}{crashed}"), thread.frames.as_slice())
    });
    let exception = Some(("exception".to_owned(), ips.last_exception_backtrace.as_slice()));
    for (stack, places) in exception.into_iter().chain(threads) {
        for (number, place) in places.iter().enumerate() {
            let Some(image) = ips.used_images.get(place.image_index).filter(|image| !image.name.is_empty()) else {
                continue;
            };
            let address = Address::FromBase(place.image_offset);
            report.frames.push(Frame {
                line: 0,
                text: format!("{stack}, frame {number}: {} + {:#x}", image.name, place.image_offset),
                module: image.name.clone(),
                address: if number == 0 { address } else { address.of_call() },
                id: Some(plain(&image.uuid)).filter(|id| !id.is_empty()),
                is_guess: false,
            });
        }
    }
    Some(report)
}

/// A UUID as an ID.
fn plain(uuid: &str) -> String {
    uuid.chars().filter(char::is_ascii_hexdigit).collect::<String>().to_lowercase()
}

/// `NUMBER MODULE ADDRESS BASE + OFFSET`.
static FRAME: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^\s*(\d+)\s+(\S.*?)\s+0x[0-9a-f]+ 0x([0-9a-f]+) \+ (\d+)\s*$").ok());
/// `START - END NAME … <UUID> PATH`.
static IMAGE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^\s*0x([0-9a-f]+) -\s+0x[0-9a-f]+ .*<([0-9A-Fa-f-]{32,36})> ").ok());

/// The list "Binary Images" of a report in text form: the UUIDs by where the libraries are loaded.
#[derive(Debug, Default)]
pub(super) struct Images {
    ids: BTreeMap<u64, String>,
}

impl Images {
    pub(super) fn of(text: &str) -> Self {
        let image = |line: &str| {
            let [start, uuid] = IMAGE.as_ref()?.captures(line)?.extract().1;
            Some((u64::from_str_radix(start, 16).ok()?, plain(uuid)))
        };
        Self { ids: text.lines().filter_map(image).collect() }
    }

    /// The frame of a line, and whether it is the first of its stack.
    pub(super) fn frame(&self, line: &str) -> Option<(Frame, bool)> {
        let [number, module, base, offset] = FRAME.as_ref()?.captures(line)?.extract().1;
        let base = u64::from_str_radix(base, 16).ok()?;
        let frame = Frame {
            line: 0,
            text: line.trim().to_owned(),
            module: module.to_owned(),
            address: Address::FromBase(offset.parse().ok()?),
            id: self.ids.get(&base).cloned(),
            is_guess: false,
        };
        Some((frame, number == "0"))
    }
}
