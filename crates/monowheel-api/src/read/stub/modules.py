# Follows `reader.py` in the same program.


def listed(node: ast.expr | None) -> tuple[list[str], list[ast.expr]]:
    """Return the names in a value of `__all__`, and the modules whose `__all__` it contains."""
    if isinstance(node, ast.BinOp):
        (names, modules), (others, further) = listed(node.left), listed(node.right)
        return names + others, modules + further
    if isinstance(node, ast.Starred):
        return listed(node.value)
    if isinstance(node, ast.Attribute) and node.attr == "__all__":
        return [], [node.value]
    names, modules = [], []
    for one in getattr(node, "elts", []):
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            names.append(one.value)
        elif isinstance(one, ast.Starred):
            others, further = listed(one)
            names, modules = names + others, modules + further
    return names, modules


class ModuleReader(Reader):
    """Reads one file."""

    def __init__(self, files: dict[str, File], file: File) -> None:
        """Take all files, and the one to read."""
        super().__init__(files, file)
        self.functions: Items = {}
        self.classes: Items = {}
        self.constants: Items = {}
        # Other names for what is imported or defined: name, complete name.
        self.renamed: list[tuple[str, str]] = []
        # `__all__`, and the modules whose `__all__` is a part of it.
        self.everything: list[str] | None = None
        self.parts: list[str] = []

    def read(self) -> Item:
        """Return the module."""
        for node, _ in statements(self.file.tree.body):
            self.statement(node)
        stub = self.file.is_stub
        for constant in self.constants.values():
            hidden = constant["annotation"] == "typing.TypeAlias" or (constant["annotation"] is None and stub)
            constant["is_typing_only"] = hidden
        return {
            "name": self.file.name,
            "doc": ast.get_docstring(self.file.tree) or "",
            "origin": "stub",
            "is_open": "__getattr__" in self.functions,
            "is_native": self.file.is_native,
            "functions": self.keep(self.functions),
            "classes": self.keep(self.classes),
            "constants": self.keep(self.constants),
            "reexports": self.reexports(),
        }

    def statement(self, node: ast.stmt) -> None:
        """Add what a statement defines."""
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            built = self.function(node, False)
            overloaded = "overload" in [name.split(".")[-1] for name in self.decorators(node)]
            if node.name in self.functions and overloaded:
                self.functions[node.name]["signatures"] += built["signatures"]
            elif node.name not in self.functions or not self.functions[node.name]["signatures"][1:]:
                self.functions[node.name] = built
        elif isinstance(node, ast.ClassDef):
            self.classes.setdefault(node.name, self.klass(node))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            annotation = self.text(node.annotation)
            self.constants[node.target.id] = self.constant(node.target.id, annotation)
            if annotation == "typing.Final" and node.value is not None:
                self.constants[node.target.id]["annotation"] = type(getattr(node.value, "value", None)).__name__
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    self.assign(target.id, node.value)
        elif isinstance(node, ast.AugAssign) and getattr(node.target, "id", None) == "__all__":
            self.export(node.value)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            # `__all__.extend(…)`
            called = node.value.func
            if isinstance(called, ast.Attribute) and getattr(called.value, "id", None) == "__all__":
                for argument in node.value.args:
                    self.export(ast.List(elts=[argument]) if called.attr == "append" else argument)
        elif hasattr(ast, "TypeAlias") and isinstance(node, ast.TypeAlias):
            self.constants[node.name.id] = self.constant(node.name.id, "typing.TypeAlias")

    def assign(self, name: str, value: ast.expr) -> None:
        """Add a name that is assigned."""
        whole = ""
        if isinstance(value, (ast.Name, ast.Attribute)):
            meant = self.text(value) or ""
            is_here = meant in self.functions or meant in self.classes
            whole = f"{self.file.name}.{meant}" if is_here else meant
        if name == "__all__":
            self.everything = None
            self.export(value)
        elif whole != name and whole.partition(".")[0] == self.file.name.partition(".")[0]:
            self.renamed.append((name, whole))
        else:
            self.constants[name] = self.constant(name, None)

    def export(self, value: ast.expr) -> None:
        """Add to `__all__`."""
        names, modules = listed(value)
        self.everything = [*(self.everything or []), *names]
        self.parts += [self.text(module) or "" for module in modules]

    def keep(self, items: Items) -> list[Item]:
        """Return what users reach: everything in a stub, which declares the private names too."""
        names = [*(self.everything or []), "__version__"]
        is_named = self.everything is not None
        return [
            item
            for name, item in items.items()
            if self.file.is_stub or (name in names if is_named else not name.startswith("_") or name in names)
        ]

    def goes_on(self, one: Import) -> bool:
        """Whether an import is passed on.

        It is if `__all__` names it. Without it, what a package imports from itself, and what another module imports from a
        private one, since nobody would reach it otherwise.
        """
        if self.everything is not None:
            return one.name in self.everything
        if one.is_typing_only and not self.file.is_stub:
            return False
        module = one.whole.rpartition(".")[0]
        is_own = module.partition(".")[0] == self.file.name.partition(".")[0]
        is_private = any(part.startswith("_") for part in module.split(".")) and one.whole not in self.files
        is_facade = self.file.is_package or "." not in self.file.name or one.is_redundant or is_private
        return not one.name.startswith("_") and is_own and (is_facade or one.name == "*")

    def reexports(self) -> list[tuple[str, str]]:
        """Return the names that are passed on, and their complete names."""
        local = {*self.functions, *self.classes, *self.constants}
        renamed = [(name, whole) for name, whole in self.renamed if self.everything is None or name in self.everything]
        exported = [(name, whole) for name, whole in renamed if self.file.is_stub or not name.startswith("_")]
        local |= {name for name, _ in self.renamed}
        imports = [one for one in self.file.imports if one.name not in local]
        exported += [(one.name, one.whole) for one in imports if self.goes_on(one)]
        stars = [one.whole[:-2] for one in imports if one.name == "*"]
        if self.everything is not None and stars:
            # Of a star import, only the module it is from knows the names.
            named = local | {name for name, _ in exported}
            exported += [(name, f"{stars[-1]}.{name}") for name in self.everything if name not in named]
        return exported + [("*", f"{module}.*") for module in self.parts]

    def constant(self, name: str, annotation: str | None) -> Item:
        """Return a value."""
        return {"name": name, "origin": "stub", "annotation": annotation}


def main() -> None:
    """Read all files, and print what they state."""
    files: dict[str, File] = {}
    read: list[File] = []
    modules, notes = [], []

    def attempt(path: str, work: Callable[[], None]) -> None:
        try:
            work()
        except SyntaxError as error:
            notes.append({"place": f"{path}:{error.lineno or 1}", "what": f"it is not Python: {error.msg}"})
        except (ValueError, RecursionError, MemoryError, AttributeError) as error:
            notes.append({"place": path, "what": f"it cannot be read: {type(error).__name__}"})

    def parse(module: Item) -> None:
        file = File(module)
        read.append(file)
        files.setdefault(file.name, file)

    for module in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")):
        attempt(module["path"], lambda module=module: parse(module))
    for file in read:
        attempt(file.path, lambda file=file: modules.append(ModuleReader(files, file).read()))
    print(json.dumps({"modules": modules, "notes": notes}))


main()
