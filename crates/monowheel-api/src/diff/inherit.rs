//! A class with what it inherits from classes of the same surface.

use std::collections::{BTreeMap, VecDeque};

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
        let mut waiting = VecDeque::from([(module, class)]);
        let mut seen = vec![std::ptr::from_ref(class)];
        // Breadth first, which is Python's order for most classes.
        while let Some((module, class)) = waiting.pop_front().filter(|_| seen.len() <= MOST) {
            for base in &class.bases {
                let complete = base.split('[').next().unwrap_or(base);
                let bare = complete.rsplit('.').next().unwrap_or(complete);
                // Generic and Protocol are for type checkers.
                if complete.starts_with("typing.") || PLAIN.contains(&complete) {
                    continue;
                }
                full.bases.push(bare);
                match home(surface, module, complete) {
                    Some((module, base)) if !seen.contains(&std::ptr::from_ref(base)) => {
                        seen.push(base);
                        full.add(base, Some(base));
                        waiting.push_back((module, base));
                    }
                    Some(_) => {}
                    None if exceptions::is_builtin(bare) => full.bases.extend(exceptions::bases(bare)),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surface::{Attribute, Surface};

    fn class(name: &str, bases: &[&str], attributes: &[&str]) -> Class {
        let attribute = |name: &&str| Attribute { name: (*name).to_owned(), ..Attribute::default() };
        Class {
            name: name.to_owned(),
            bases: bases.iter().map(|base| (*base).to_owned()).collect(),
            attributes: attributes.iter().map(attribute).collect(),
            ..Class::default()
        }
    }

    #[test]
    fn the_first_base_that_has_a_member_counts() {
        let classes = vec![
            class("A", &["B", "_C[int]", "typing.Generic[T]"], &["own"]),
            class("B", &["D", "KeyError"], &["x"]),
            class("_C", &["elsewhere.E", "A"], &["x", "y"]),
            class("D", &["other.D"], &["y", "z"]),
        ];
        let surface = Surface {
            modules: vec![Module { name: "demo".to_owned(), classes, ..Module::default() }],
            ..Surface::default()
        };
        let full = FullClass::of(&surface, &surface.modules[0], &surface.modules[0].classes[0]);
        let of = |one: &Inherited<'_>| one.of.map_or("", |base| base.name.as_str()).to_owned();
        let members: Vec<(&str, String)> = full.members.iter().map(|(name, one)| (*name, of(one))).collect();
        let expected = [("own", ""), ("x", "B"), ("y", "_C"), ("z", "D")];
        assert_eq!(members, expected.map(|(name, of)| (name, of.to_owned())));
        assert!(full.bases.contains(&"LookupError") && full.bases.contains(&"_C"), "{:?}", full.bases);
        assert_eq!(full.unknown, ["E", "D"]);
    }
}
