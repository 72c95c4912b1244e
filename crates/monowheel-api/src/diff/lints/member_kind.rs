//! `member-kind`

use crate::diff::pair::Pair;
use crate::diff::pair::{Both, Item, Member};
use crate::diff::{Found, Level, Lint};
use crate::surface::Receiver;

/// The lint.
pub(super) const LINT: Lint = Lint {
    id: "member-kind",
    summary: "A method has become an attribute, or a name stands for another kind of thing.",
    whom: "Everyone who uses it as what it was.",
    example: ["class A:\n    def size(self): ...", "class A:\n    size: int"],
    level: Level::Major,
};

pub(super) fn check(pair: &Pair<'_>, found: &mut Found) {
    for Both { name, old, new } in pair.members() {
        match (old, new) {
            (Member::Method(..), Member::Attribute(_)) => {
                found.add(&LINT, name, "it was a method, and is an attribute: a call fails");
            }
            (Member::Attribute(_), Member::Method(..)) => {
                found.add(&LINT, name, "it was an attribute, and is a method: without a call it is not the value");
            }
            (Member::Method(_, Receiver::Class | Receiver::Static), Member::Method(_, Receiver::Instance)) => {
                found.add(&LINT, name, "it could be called on the class, and needs an instance");
            }
            _ => {}
        }
    }
    for (name, old) in &pair.old {
        match (old, pair.new.get(name)) {
            (Item::Class(..), Some(Item::Function(_))) => {
                found.add(&LINT, name, "it was a class, and is a function: isinstance() and subclasses fail");
            }
            (Item::Function(_) | Item::Class(..), Some(Item::Module)) => {
                found.add(&LINT, name, format!("it was a {}, and is a module", old.kind()));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diff::lints::tests::{class, found, function};

    #[test]
    fn fires_and_does_not_fire() {
        let mut attribute = class("n()");
        let one = crate::surface::Attribute { name: "m".to_owned(), ..Default::default() };
        attribute.modules[0].classes[0].attributes.push(one);
        assert!(found(&class("m()"), &attribute).contains(&"member-kind"));
        assert!(found(&attribute, &class("m()")).contains(&"member-kind"));
        assert!(!found(&class("m()"), &class("m(a)")).contains(&"member-kind"));
        assert!(!found(&function("f()"), &function("f(a)")).contains(&"member-kind"));
    }
}
