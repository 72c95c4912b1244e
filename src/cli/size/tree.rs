//! The sizes of a file as a tree, and where each part of it goes on a map: the larger, the more room.

use monowheel_build::size::{BinarySize, DistSize, MemberKind, Part};

/// A part of a file.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) label: String,
    pub(super) bytes: u64,
    /// The color, by its class in the style.
    pub(super) class: &'static str,
    pub(super) parts: Vec<Node>,
}

/// A place on the map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Area {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) wide: f64,
    pub(super) high: f64,
}

/// A part with its place, and what it is in.
#[derive(Debug)]
pub(super) struct Placed<'a> {
    pub(super) node: &'a Node,
    pub(super) area: Area,
    pub(super) path: Vec<&'a str>,
}

/// The height of a title above its parts.
pub(super) const TITLE: f64 = 14.0;
/// The gap around parts.
const GAP: f64 = 1.5;
/// What is smaller is not drawn: nobody would see it.
const LEAST: f64 = 3.0;
/// Deeper parts are not drawn: member, crate, module.
const DEPTH: usize = 4;

impl Node {
    /// The tree of a file: members by kind, binaries by crate and module or else by section.
    pub(super) fn of(file: &DistSize) -> Self {
        let mut parts: Vec<Node> = Vec::new();
        for kind in &file.kinds {
            let members = file.members.iter().filter(|member| member.kind == kind.kind);
            let class = class_of(kind.kind);
            let nodes = members.map(|member| {
                let binary = file.binaries.iter().find(|binary| binary.path == member.path);
                let parts = binary.map(|binary| Self::of_binary(binary, class)).unwrap_or_default();
                Self { label: member.path.clone(), bytes: member.bytes, class, parts }
            });
            let nodes: Vec<Node> = nodes.collect();
            if kind.kind.is_binary() {
                parts.extend(nodes);
            } else {
                parts.push(Self { label: kind.kind.words().to_owned(), bytes: kind.bytes, class, parts: nodes });
            }
        }
        Self { label: file.file.clone(), bytes: file.unpacked, class: "file", parts }
    }

    fn of_binary(binary: &BinarySize, class: &'static str) -> Vec<Self> {
        match binary.parts.as_slice() {
            [part] => Self::of_part(part),
            parts => parts
                .iter()
                .map(|part| Self {
                    label: part.architecture.clone(),
                    bytes: part.bytes,
                    class,
                    parts: Self::of_part(part),
                })
                .collect(),
        }
    }

    fn of_part(part: &Part) -> Vec<Self> {
        let mut nodes: Vec<Node> = part
            .crates
            .iter()
            .map(|one| {
                let modules = one.modules.iter().filter(|_| one.modules.len() > 1).map(|module| Self {
                    label: if module.name.is_empty() { "(root)".to_owned() } else { module.name.clone() },
                    bytes: module.bytes,
                    class: "module",
                    parts: Vec::new(),
                });
                let class = match one.language {
                    Some(_) if one.is_std => "std",
                    Some(monowheel_build::size::Language::Rust) => "crate",
                    Some(_) => "foreign",
                    None => "rest",
                };
                Self { label: one.label(), bytes: one.bytes, class, parts: modules.collect() }
            })
            .collect();
        for section in &part.sections {
            if part.crates.is_empty() || !matches!(section.holds, "code" | "data") {
                let class = if section.holds == "code" { "crate" } else { "rest" };
                nodes.push(Self { label: section.name.clone(), bytes: section.bytes, class, parts: Vec::new() });
            }
        }
        nodes.push(Self {
            label: "headers and tables".to_owned(),
            bytes: part.outside,
            class: "rest",
            parts: Vec::new(),
        });
        nodes
    }

    /// Every part that is large enough to be seen, each before those in it.
    pub(super) fn placed(&self, area: Area) -> Vec<Placed<'_>> {
        let mut placed = Vec::new();
        self.place(area, &mut Vec::new(), &mut placed);
        placed
    }

    fn place<'a>(&'a self, area: Area, path: &mut Vec<&'a str>, placed: &mut Vec<Placed<'a>>) {
        if area.wide < LEAST || area.high < LEAST {
            return;
        }
        placed.push(Placed { node: self, area, path: path.clone() });
        if path.len() == DEPTH || self.parts.is_empty() {
            return;
        }
        let inner =
            Area { x: area.x + GAP, y: area.y + TITLE, wide: area.wide - 2.0 * GAP, high: area.high - TITLE - GAP };
        path.push(&self.label);
        let mut parts: Vec<&Node> = self.parts.iter().filter(|part| part.bytes > 0).collect();
        parts.sort_by_key(|part| std::cmp::Reverse(part.bytes));
        for (part, area) in squarified(&parts, inner) {
            part.place(area, path, placed);
        }
        path.pop();
    }
}

const fn class_of(kind: MemberKind) -> &'static str {
    match kind {
        MemberKind::Extension | MemberKind::Program => "extension",
        MemberKind::Library => "library",
        MemberKind::Python => "python",
        MemberKind::Sbom | MemberKind::License | MemberKind::Metadata => "metadata",
        MemberKind::Other => "rest",
    }
}

/// Divides an area among parts, the largest first, so that each is as square as can be (Bruls, Huizing, van Wijk:
/// *Squarified Treemaps*).
fn squarified<'a>(parts: &[&'a Node], mut area: Area) -> Vec<(&'a Node, Area)> {
    let mut placed = Vec::with_capacity(parts.len());
    let mut left: f64 = parts.iter().map(|part| size(part)).sum();
    let mut rest = parts;
    while !rest.is_empty() && left > 0.0 && area.wide > 0.0 && area.high > 0.0 {
        // Bytes to units of the map.
        let scale = area.wide * area.high / left;
        let side = area.wide.min(area.high);
        let (mut row, mut sum, mut best) = (0, 0.0, f64::INFINITY);
        for part in rest {
            let with = sum + size(part) * scale;
            let largest = rest.first().map_or(0.0, |first| size(first) * scale);
            let smallest = size(part) * scale;
            let worst = (side * side * largest / (with * with)).max(with * with / (side * side * smallest));
            if worst > best {
                break;
            }
            (row, sum, best) = (row + 1, with, worst);
        }
        let (now, later) = rest.split_at(row.max(1));
        let thick = (sum / side).min(area.wide.max(area.high));
        let is_column = area.wide >= area.high;
        let mut at = if is_column { area.y } else { area.x };
        for part in now {
            let long = if thick > 0.0 { size(part) * scale / thick } else { 0.0 };
            let place = if is_column {
                Area { x: area.x, y: at, wide: thick, high: long }
            } else {
                Area { x: at, y: area.y, wide: long, high: thick }
            };
            at += long;
            left -= size(part);
            placed.push((*part, place));
        }
        if is_column {
            area = Area { x: area.x + thick, wide: area.wide - thick, ..area };
        } else {
            area = Area { y: area.y + thick, high: area.high - thick, ..area };
        }
        rest = later;
    }
    placed
}

/// A size as a length is a number with a point; none is beyond what that has digits for.
fn size(node: &Node) -> f64 {
    node.bytes as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(bytes: u64) -> Node {
        Node { label: bytes.to_string(), bytes, class: "rest", parts: Vec::new() }
    }

    const AREA: Area = Area { x: 0.0, y: 0.0, wide: 600.0, high: 400.0 };

    #[test]
    fn areas_are_as_large_as_the_bytes_and_inside() {
        let nodes: Vec<Node> = [6000, 6000, 4000, 3000, 2000, 2000, 1000].map(leaf).into();
        let parts: Vec<&Node> = nodes.iter().collect();
        let placed = squarified(&parts, AREA);
        assert_eq!(placed.len(), nodes.len());
        for (node, area) in placed {
            // 10 units of the map are a byte.
            assert!((area.wide * area.high - size(node) * 10.0).abs() < 1e-6, "{node:?} {area:?}");
            assert!(area.x >= 0.0 && area.y >= 0.0, "{area:?}");
            assert!(area.x + area.wide <= 600.001 && area.y + area.high <= 400.001, "{area:?}");
            let ratio = (area.wide / area.high).max(area.high / area.wide);
            assert!(ratio < 4.0, "{area:?}");
        }
    }

    #[test]
    fn sizes_that_no_file_has_are_placed_somewhere() {
        for sizes in [vec![u64::MAX, u64::MAX, 1], vec![1; 5000], vec![0, 0], vec![]] {
            let root =
                Node { label: String::new(), bytes: 1, class: "file", parts: sizes.into_iter().map(leaf).collect() };
            for placed in root.placed(AREA) {
                assert!(placed.area.x.is_finite() && placed.area.wide <= 600.001, "{:?}", placed.area);
            }
        }
    }
}
