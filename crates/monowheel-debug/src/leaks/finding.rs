//! From what grows, and why it remains, to findings: one for each cause, with its fix.

use std::collections::BTreeSet;

use serde::Serialize;

use super::growth::{Growth, Metric};
use super::record::{Autopsy, Remains, Run};

/// Bytes per call that no Python object accounts for, below which memory of Python explains the heap.
const NATIVE_FLOOR: f64 = 16.0;

/// One cause of growth.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// What kind of defect it is.
    pub kind: Kind,
    /// One sentence.
    pub what: String,
    /// Objects, references or bytes for each call.
    pub per_call: f64,
    /// How certain it is.
    pub confidence: Confidence,
    /// The observations that lead to it.
    pub why: Vec<String>,
    /// How to fix it.
    pub fix: String,
}

/// The kinds of defects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A reference cycle through a type that the collector cannot see into.
    Cycle,
    /// A module reaches what grows.
    Held,
    /// Native code has a reference that it does not release.
    LostReference,
    /// Objects that the collector does not track.
    UntrackedObjects,
    /// Memory that no Python object accounts for.
    NativeMemory,
    /// Objects that grow for a reason that was not found.
    Objects,
}

/// How certain a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// It grew at the same rate in two processes, and the cause was tested or is the only one left.
    Certain,
    /// It grew in two processes.
    Likely,
}

/// The findings about what grew in both runs.
pub(super) fn findings(growths: &[Growth], second: &Run) -> Vec<Finding> {
    let mut case = Case { growths, autopsy: &second.autopsy, explained: BTreeSet::new(), found: Vec::new() };
    case.cycles();
    case.held();
    case.lost_objects();
    case.lost_instances();
    case.lost_references();
    case.unexplained();
    case.untracked();
    case.native(second.stacks.python_in_heap);
    case.found
}

struct Case<'a> {
    growths: &'a [Growth],
    autopsy: &'a Autopsy,
    /// Types that a finding accounts for.
    explained: BTreeSet<&'a str>,
    found: Vec<Finding>,
}

impl<'a> Case<'a> {
    fn of(&self, metric: Metric) -> Vec<&'a Growth> {
        self.growths.iter().filter(|growth| growth.metric == metric).collect()
    }

    fn rate(&self, metric: Metric, name: &str) -> Option<&'a Growth> {
        self.growths.iter().find(|growth| growth.metric == metric && growth.name.as_deref() == Some(name))
    }

    /// Types whose objects grow, not yet accounted for, with what is known about them: those that lead to many come first.
    fn open(&self) -> Vec<(&'a Growth, &'a str, &'a Remains)> {
        let open = self.of(Metric::Objects).into_iter().filter_map(|growth| {
            let (name, remains) = self.autopsy.types.get_key_value(growth.name.as_deref()?)?;
            (!self.explained.contains(name.as_str())).then_some((growth, name.as_str(), remains))
        });
        let mut open: Vec<_> = open.collect();
        open.sort_by_key(|(_, _, remains)| std::cmp::Reverse(remains.reaches.len()));
        open
    }

    fn explain(&mut self, name: &'a str) {
        self.explained.insert(name);
        if let Some(remains) = self.autopsy.types.get(name) {
            self.explained.extend(remains.reaches.iter().map(String::as_str));
        }
        let above = self.autopsy.types.iter().filter(|(_, above)| above.reaches.iter().any(|below| below == name));
        self.explained.extend(above.map(|(above, _)| above.as_str()));
    }

    fn cycles(&mut self) {
        let mut cycles: Vec<_> = self.autopsy.cycles.iter().collect();
        // Cycles that were tested come first.
        cycles.sort_by_key(|cycle| std::cmp::Reverse(cycle.freed));
        for cycle in cycles {
            let (through, holder) = (cycle.through.as_str(), cycle.holder.as_str());
            let is_hidden = self.autopsy.types.get(holder).is_some_and(|remains| remains.hidden > 0);
            let is_tested = cycle.cut > 0 && cycle.freed > 0 && cycle.freed.unsigned_abs() * 5 >= cycle.cut * 4;
            if self.explained.contains(through) || !(is_tested || (cycle.cut == 0 && is_hidden)) {
                continue;
            }
            let (no_gc, partial) = (self.rate(Metric::Types, through), self.rate(Metric::Objects, through));
            let Some(growth) = partial.or(no_gc) else { continue };
            let mut why = vec![format!("{} grow by {}", growth.label(), rate(growth))];
            if is_tested {
                let (cut, freed) = (cycle.cut, cycle.freed);
                why.push(format!("removing the references of {cut} {holder} objects to it freed {freed} of them"));
            }
            let class = through.rsplit('.').next().unwrap_or(through);
            let (what, fix) = if partial.is_some() {
                (
                    format!("a reference cycle through {through}, whose __traverse__ does not visit each field"),
                    format!("visit each Py<…> field of {class} in __traverse__, and drop it in __clear__"),
                )
            } else {
                (
                    format!("a reference cycle through {through}, which has no __traverse__"),
                    format!("add __traverse__ and __clear__ to {class}, which visit and drop its Py<…> fields"),
                )
            };
            let confidence = certain_if(is_tested && growth.is_constant());
            self.found.push(Finding { kind: Kind::Cycle, what, per_call: growth.per_call, confidence, why, fix });
            self.explain(through);
            self.explain(holder);
        }
    }

    fn held(&mut self) {
        for (growth, name, remains) in self.open() {
            let Some(path) = remains.path.as_deref().filter(|_| !self.explained.contains(name)) else { continue };
            let root = path.split(" → ").next().unwrap_or(path);
            self.found.push(Finding {
                kind: Kind::Held,
                what: format!("{root} holds more {name} objects after each call"),
                per_call: growth.per_call,
                confidence: certain_if(growth.is_constant()),
                why: vec![format!("{} grow by {}", growth.label(), rate(growth)), format!("reached by {path}")],
                fix: format!("limit {root}, or remove from it what is no longer used"),
            });
            self.explain(name);
            let same =
                self.autopsy.types.iter().filter(|(_, other)| {
                    other.path.as_deref().and_then(|other| other.split(" → ").next()) == Some(root)
                });
            let same: Vec<&str> = same.map(|(name, _)| name.as_str()).collect();
            self.explained.extend(same);
        }
    }

    fn lost_objects(&mut self) {
        for (growth, name, remains) in self.open() {
            if remains.hidden == 0 || self.explained.contains(name) {
                continue;
            }
            self.found.push(Finding {
                kind: Kind::LostReference,
                what: format!("native code keeps a reference to one more {name} object after each call"),
                per_call: growth.per_call,
                confidence: certain_if(growth.is_constant()),
                why: vec![
                    format!("{} grow by {}", growth.label(), rate(growth)),
                    "each has a reference that no Python object accounts for".to_owned(),
                ],
                fix: FIX_REFERENCE.to_owned(),
            });
            self.explain(name);
        }
    }

    /// Instances of classes that the collector does not track, by the references to the class.
    fn lost_instances(&mut self) {
        for growth in self.of(Metric::Types) {
            let Some(name) = growth.name.as_deref().filter(|name| !self.explained.contains(name)) else { continue };
            if let Some(objects) = self.rate(Metric::Objects, name) {
                // Its instances are tracked: only references beyond theirs are lost.
                if growth.per_call < objects.per_call * 1.5 {
                    continue;
                }
            }
            let has_memory =
                |metric| self.of(metric).first().is_some_and(|blocks| blocks.per_call >= growth.per_call / 2.0);
            let is_instances = has_memory(Metric::Blocks) || has_memory(Metric::Heap);
            let (what, fix) = if is_instances {
                (format!("one more instance of {name} remains after each call"), FIX_REFERENCE)
            } else {
                (format!("references to the type {name} are lost, without instances of it"), FIX_TYPE)
            };
            self.found.push(Finding {
                kind: Kind::LostReference,
                what,
                per_call: growth.per_call,
                confidence: certain_if(growth.is_constant()),
                why: vec![format!("{} grow by {}", growth.label(), rate(growth))],
                fix: fix.to_owned(),
            });
            self.explained.insert(name);
        }
    }

    fn lost_references(&mut self) {
        for growth in self.of(Metric::References) {
            let name = growth.name.clone().unwrap_or_default();
            // An object that each of the remaining ones refers to, such as the dictionary of a module.
            if !self.found.is_empty() {
                continue;
            }
            self.found.push(Finding {
                kind: Kind::LostReference,
                what: format!("references to {name} are lost"),
                per_call: growth.per_call,
                confidence: certain_if(growth.is_constant()),
                why: vec![format!("{} grow by {}", growth.label(), rate(growth))],
                fix: FIX_REFERENCE.to_owned(),
            });
        }
    }

    fn unexplained(&mut self) {
        for (growth, name, _) in self.open() {
            if self.explained.contains(name) {
                continue;
            }
            self.found.push(Finding {
                kind: Kind::Objects,
                what: format!("more {name} objects remain after each call"),
                per_call: growth.per_call,
                confidence: Confidence::Likely,
                why: vec![format!("{} grow by {}", growth.label(), rate(growth))],
                fix: "look at the stacks that allocate them".to_owned(),
            });
            self.explain(name);
        }
    }

    fn untracked(&mut self) {
        let Some(blocks) = self.of(Metric::Blocks).first().copied().filter(|_| self.found.is_empty()) else { return };
        self.found.push(Finding {
            kind: Kind::UntrackedObjects,
            what: "objects that the garbage collector does not track (str, bytes, int, …) remain after each call"
                .to_owned(),
            per_call: blocks.per_call,
            confidence: certain_if(blocks.is_constant()),
            why: vec![format!("{} grow by {}", blocks.label(), rate(blocks))],
            fix: format!("look for a collection that keeps them; in native code {FIX_REFERENCE}"),
        });
    }

    fn native(&mut self, python_in_heap: f64) {
        let Some(heap) = self.of(Metric::Heap).first().copied() else { return self.resident() };
        let native = heap.per_call - python_in_heap;
        // An instance of a pyclass that remains keeps its Rust fields.
        let is_consequence = self.found.iter().any(|one| one.kind != Kind::Held);
        let explains = python_in_heap > 0.0 || !self.found.is_empty();
        if is_consequence || (explains && native < NATIVE_FLOOR.max(heap.per_call / 5.0)) {
            return;
        }
        self.found.push(Finding {
            kind: Kind::NativeMemory,
            what: format!("{native:.0} bytes of native memory remain after each call"),
            per_call: native,
            confidence: certain_if(heap.is_constant()),
            why: vec![
                format!("{} grows by {}", heap.label(), rate(heap)),
                format!("Python objects account for {python_in_heap:.0} of them"),
            ],
            fix: "look for Box::leak, mem::forget, into_raw without from_raw, cycles of Rc or Arc, and a static \
                  collection that only grows"
                .to_owned(),
        });
    }

    /// Memory that neither malloc nor Python's allocator knows: of another allocator, or mapped.
    fn resident(&mut self) {
        let Some(resident) = self.of(Metric::Resident).first().copied().filter(|_| self.found.is_empty()) else {
            return;
        };
        self.found.push(Finding {
            kind: Kind::NativeMemory,
            what: format!("{:.0} bytes of memory outside malloc remain after each call", resident.per_call),
            per_call: resident.per_call,
            confidence: Confidence::Likely,
            why: vec![format!("{} grows by {}", resident.label(), rate(resident))],
            fix: "if the crate has a #[global_allocator] of its own, measure with the system's; else look for mappings"
                .to_owned(),
        });
    }
}

const FIX_REFERENCE: &str = "look for mem::forget, into_ptr or into_raw without from_owned_ptr, Py_INCREF without \
                             Py_DECREF, and Py<…> in a static; a pyclass that holds Py<…> needs __traverse__";
const FIX_TYPE: &str = "if you wrote no tp_dealloc and no Py_INCREF of a type, update PyO3: 0.29.0 loses one for each \
                        instance on some versions of Python";

fn rate(growth: &Growth) -> String {
    let (low, high) = (number(growth.interval.0), number(growth.interval.1));
    let unit = if matches!(growth.metric, Metric::Heap | Metric::Resident) { " bytes" } else { "" };
    let rate = number(growth.per_call);
    if low == high { format!("{rate}{unit} per call") } else { format!("{rate}{unit} per call ({low} to {high})") }
}

/// Two decimals, if it has any.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

const fn certain_if(is_certain: bool) -> Confidence {
    if is_certain { Confidence::Certain } else { Confidence::Likely }
}
