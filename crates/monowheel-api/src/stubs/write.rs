//! A module → the text of its stub, formatted as ruff and black do it.

use crate::stubs::imports::Imports;
use crate::stubs::kept::HEAD;
use crate::stubs::signature::{is_name, parameters, written};
use crate::surface::{Attribute, Class, Function, Method, Module, Receiver, Signature};

/// The longest line.
const WIDE: usize = 120;
/// Every object has them, with these signatures.
const REDUNDANT: [&str; 2] = ["__repr__", "__str__"];

/// The text of a module's stub.
pub(super) fn text(module: &Module) -> String {
    let own = module.names().map(str::to_owned).collect();
    let mut writer = Writer { imports: Imports::new(own), out: String::new() };
    writer.module(module);
    let Writer { imports, out } = writer;
    let mut text = format!("{HEAD} What you write between `{}` and\n# `{}` stays.\n\n", super::KEEP, super::END);
    let lines = imports.lines();
    if !lines.is_empty() {
        text += &lines;
        text.push('\n');
    }
    if !module.is_open {
        text += &all(module);
    }
    text += &out;
    text.trim_end().to_owned() + "\n"
}

/// `__all__`, to which `PyO3` adds every name.
fn all(module: &Module) -> String {
    let classes = module.classes.iter().filter(|class| !class.is_typing_only).map(|class| class.name.as_str());
    let functions = module.functions.iter().map(|function| function.name.as_str());
    let constants = module.constants.iter().map(|constant| constant.name.as_str());
    let others = module.reexports.iter().map(|(name, _)| name.as_str());
    let mut names: Vec<&str> =
        classes.chain(functions).chain(constants).chain(others).filter(|name| is_name(name)).collect();
    names.sort_unstable();
    names.dedup();
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    let line = format!("__all__ = [{}]", quoted.join(", "));
    if line.chars().count() <= WIDE {
        return line + "\n\n";
    }
    format!("__all__ = [\n{}]\n\n", quoted.iter().map(|name| format!("    {name},\n")).collect::<String>())
}

struct Writer {
    imports: Imports,
    out: String,
}

impl Writer {
    fn module(&mut self, module: &Module) {
        for (name, complete) in &module.reexports {
            let (from, original) = complete.rsplit_once('.').unwrap_or(("builtins", complete));
            self.out += &format!("from {from} import {original} as {name}\n");
        }
        let mut constants = String::new();
        for constant in module.constants.iter().filter(|constant| is_name(&constant.name)) {
            let annotation = constant.annotation.as_deref().unwrap_or("typing.Any");
            let shown = self.imports.shown(&format!("typing.Final[{annotation}]"));
            constants += &format!("{}: {shown}\n", constant.name);
        }
        self.out += &constants;
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        let mut classes: Vec<&Class> = module.classes.iter().filter(|class| is_name(&class.name)).collect();
        // Exceptions first: each behind its base, as they were found.
        classes.sort_by_key(|class| !class.is_exception);
        for class in classes {
            self.class(class, "");
            self.out.push('\n');
        }
        for function in module.functions.iter().filter(|function| is_name(&function.name)) {
            self.function(function, "", None);
            self.out.push('\n');
        }
        // `getattr` says that there is more.
        if module.is_open {
            let any = self.imports.shown("typing.Any");
            self.out += &format!(
                "# The source does not show everything: see `monowheel api stubs`.\ndef __getattr__(name: str) -> {any}: ...\n\n"
            );
        }
    }

    fn class(&mut self, class: &Class, indent: &str) {
        let mut decorators = Vec::new();
        if class.is_typing_only {
            decorators.push("typing.type_check_only");
        }
        if class.flags.is_subclassable == Some(false) && class.classes.is_empty() {
            decorators.push("typing.final");
        }
        for decorator in decorators {
            let shown = self.imports.name(decorator);
            self.out += &format!("{indent}@{shown}\n");
        }
        let bases: Vec<String> = class.bases.iter().map(|base| self.imports.shown(base)).collect();
        let bases = if bases.is_empty() { String::new() } else { format!("({})", bases.join(", ")) };
        self.out += &format!("{indent}class {}{bases}:", class.name);
        let inner = format!("{indent}    ");
        let start = self.out.len();
        self.doc(&class.about.doc, &inner);
        for one in class.attributes.iter().filter(|one| is_name(&one.name) && one.is_of_class) {
            let annotation = one.annotation.as_deref().unwrap_or("typing.Any");
            let shown = self.imports.shown(&format!("typing.ClassVar[{annotation}]"));
            self.out += &format!("{inner}{}: {shown}\n", one.name);
            self.doc(&one.about.doc, &inner);
        }
        for one in &class.classes {
            self.class(one, &inner);
        }
        let names: Vec<String> = class
            .methods
            .iter()
            .filter(|one| one.function.name == "__new__")
            .flat_map(|one| &one.function.signatures)
            .flat_map(|one| &one.parameters)
            .map(|one| format!("\"{}\"", one.name))
            .collect();
        // Variants can be matched.
        if !indent.is_empty() {
            let literal = |name: &String| format!("typing.Literal[{name}]");
            let parts: Vec<String> = names.iter().map(literal).collect();
            let inside = if parts.is_empty() { "()".to_owned() } else { parts.join(", ") };
            let shown = self.imports.shown(&format!("typing.ClassVar[tuple[{inside}]]"));
            self.out += &format!("{inner}__match_args__: {shown}\n");
        }
        for method in class.methods.iter().filter(|method| method.function.name == "__new__") {
            self.method(method, class, &inner);
        }
        for one in class.attributes.iter().filter(|one| is_name(&one.name) && !one.is_of_class) {
            self.attribute(one, &inner);
        }
        for method in &class.methods {
            let name = method.function.name.as_str();
            if name != "__new__" && is_name(name) && !REDUNDANT.contains(&name) {
                self.method(method, class, &inner);
            }
        }
        // What compares by value and cannot be changed has no hash, unless it says so.
        if class.flags.is_hashable == Some(false) {
            let shown = self.imports.shown("typing.ClassVar[None]");
            self.out += &format!("{inner}__hash__: {shown}  # type: ignore[assignment]\n");
        }
        match self.out.len() == start {
            true => self.out += " ...\n",
            false => self.out.insert(start, '\n'),
        }
    }

    fn attribute(&mut self, one: &Attribute, indent: &str) {
        let read = one.annotation.as_deref().unwrap_or("typing.Any");
        let shown = self.imports.shown(read);
        self.out += &format!("{indent}@property\n{indent}def {}(self) -> {shown}:", one.name);
        self.body(&one.about.doc, indent);
        if one.is_settable {
            let set = one.set_annotation.as_deref().unwrap_or(read);
            let shown = self.imports.shown(set);
            self.out += &format!("{indent}@{0}.setter\n{indent}def {0}(self, value: {shown}) -> None: ...\n", one.name);
        }
        if one.is_deletable {
            self.out += &format!("{indent}@{0}.deleter\n{indent}def {0}(self) -> None: ...\n", one.name);
        }
    }

    fn method(&mut self, method: &Method, class: &Class, indent: &str) {
        let first = match method.receiver {
            Receiver::Instance => Some("self"),
            Receiver::Class => Some("cls"),
            Receiver::Static => None,
        };
        let mut function = method.function.clone();
        if function.name == "__new__" && class.flags.is_subclassable == Some(true) {
            // An instance of the subclass that was called.
            for signature in &mut function.signatures {
                signature.returns = Some("typing_extensions.Self".to_owned());
            }
        }
        let decorator = match method.receiver {
            Receiver::Static => Some("staticmethod"),
            Receiver::Class if function.name != "__new__" => Some("classmethod"),
            _ => None,
        };
        if let Some(decorator) = decorator {
            self.out += &format!("{indent}@{decorator}\n");
        }
        self.function(&function, indent, first);
    }

    fn function(&mut self, function: &Function, indent: &str, first: Option<&str>) {
        let unknown = [Signature::default()];
        let signatures = if function.signatures.is_empty() { &unknown[..] } else { &function.signatures };
        for signature in signatures {
            if signatures.len() > 1 {
                let shown = self.imports.name("typing.overload");
                self.out += &format!("{indent}@{shown}\n");
            }
            let signature = written(signature);
            let imports = &mut self.imports;
            let shown = signature.render(first, &mut |annotation| imports.shown(annotation));
            let line = format!("{indent}def {}{shown}:", function.name);
            if line.chars().count() + 4 <= WIDE {
                self.out += &line;
            } else {
                self.long(function, &signature, indent, first);
            }
            self.body(&function.about.doc, indent);
        }
        // `__eq__` of an object has a wider signature; the others are those of the object.
    }

    /// A signature on several lines.
    fn long(&mut self, function: &Function, signature: &Signature, indent: &str, first: Option<&str>) {
        let imports = &mut self.imports;
        let shown = signature.render(first, &mut |annotation| imports.shown(annotation));
        let (inside, after) = parameters(&shown);
        self.out += &format!("{indent}def {}(\n", function.name);
        for part in inside {
            self.out += &format!("{indent}    {part},\n");
        }
        self.out += &format!("{indent}){after}:");
    }

    /// The body behind a colon: the documentation, or `...`.
    fn body(&mut self, doc: &str, indent: &str) {
        if doc.is_empty() {
            self.out += " ...\n";
            return;
        }
        self.out.push('\n');
        self.doc(doc, &format!("{indent}    "));
    }

    fn doc(&mut self, doc: &str, indent: &str) {
        if doc.is_empty() {
            return;
        }
        let escaped = doc.replace('\\', "\\\\").replace("\"\"\"", "\\\"\\\"\\\"");
        // A quote at the end would be one of those that end the text.
        let escaped = match escaped.strip_suffix('"') {
            Some(rest) if !rest.ends_with('\\') => format!("{rest}\\\""),
            _ => escaped,
        };
        let safe =
            |line: &str| line.chars().map(|c| if c.is_control() && c != '\t' { ' ' } else { c }).collect::<String>();
        let mut lines = escaped.split('\n').map(|line| safe(line.trim_end()));
        let start = lines.next().unwrap_or_default();
        self.out += &format!("{indent}\"\"\"{start}");
        let mut several = false;
        for line in lines {
            several = true;
            self.out.push('\n');
            if !line.is_empty() {
                self.out += &format!("{indent}{line}");
            }
        }
        if several {
            self.out += &format!("\n{indent}");
        }
        self.out += "\"\"\"\n";
    }
}
