//! A class with what it inherits from classes of the same surface.

use std::collections::BTreeMap;

use crate::diff::pair::{Member, home, members};
use crate::exceptions;
use crate::surface::{Class, Module, Surface};

/// Bases without members that users reach.
const PLAIN: [&str; 4] = ["object", "abc.ABC", "ABC", "Generic"];
/// The longest chain of bases: those of a stub may form a cycle.
const MOST: usize = 64;

/// A class, and what it inherits.
#[derive(Clone, Debug)]
pub(super) struct FullClass<'a> {
    pub(super) class: &'a Class,
    /// Its members, by name: its own, and those of its bases that it does not override.
    pub(super) members: BTreeMap<&'a str, Inherited<'a>>,
    /// The names of its direct and indirect bases, without modules and arguments, those for type checkers left out.
    pub(super) bases: Vec<&'a str>,
    /// Those of them whose members are not known.
    pub(super) unknown: Vec<&'a str>,
}

/// A member.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inherited<'a> {
    pub(super) member: Member<'a>,
    /// The base that has it; none if it is the class itself.
    pub(super) of: Option<&'a Class>,
}

impl<'a> FullClass<'a> {
    pub(super) fn of(surface: &'a Surface, module: &'a Module, class: &'a Class) -> Self {
        let mut full = Self { class, members: BTreeMap::new(), bases: Vec::new(), unknown: Vec::new() };
        full.add(class, None);
        let mut waiting = vec![(module, class)];
        let mut seen = vec![std::ptr::from_ref(class)];
        while let Some((module, class)) = waiting.pop().filter(|_| seen.len() <= MOST) {
            for base in class.bases.iter().rev() {
                let complete = base.split('[').next().unwrap_or(base);
                let bare = complete.rsplit('.').next().unwrap_or(complete);
                // Generic and Protocol are for type checkers.
                if complete.starts_with("typing.") || PLAIN.contains(&complete) || full.bases.contains(&bare) {
                    continue;
                }
                full.bases.push(bare);
                if exceptions::is_builtin(bare) {
                    full.bases.extend(exceptions::bases(bare));
                    continue;
                }
                match home(surface, module, complete) {
                    Some((module, base)) if !seen.contains(&std::ptr::from_ref(base)) => {
                        seen.push(base);
                        full.add(base, Some(base));
                        waiting.push((module, base));
                    }
                    Some(_) => {}
                    None => full.unknown.push(bare),
                }
            }
        }
        full
    }

    fn add(&mut self, class: &'a Class, of: Option<&'a Class>) {
        for (name, member) in members(class) {
            self.members.entry(name).or_insert(Inherited { member, of });
        }
    }
}
