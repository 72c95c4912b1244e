# Follows `names.py` in the same program.

try:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, resource.getrlimit(resource.RLIMIT_AS)[1]))
except (ImportError, ValueError, OSError):
    pass

Item = dict[str, Any]
Items = dict[str, Item]
ENUMS = ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "ReprEnum")
Def = Union[ast.FunctionDef, ast.AsyncFunctionDef]


def instance_attributes(node: ast.ClassDef) -> Iterator[tuple[str, ast.stmt]]:
    """Return the attributes that methods set on their instance."""
    for method in node.body:
        if not isinstance(method, (ast.FunctionDef, ast.AsyncFunctionDef)) or not method.args.args:
            continue
        first = method.args.args[0].arg
        for inner in ast.walk(method):
            if isinstance(inner, (ast.Assign, ast.AnnAssign)):
                for target in inner.targets if isinstance(inner, ast.Assign) else [inner.target]:
                    if isinstance(target, ast.Attribute) and getattr(target.value, "id", None) == first == "self":
                        yield target.attr, inner


class Reader:
    """Reads the functions and classes of one file."""

    def __init__(self, files: dict[str, File], file: File) -> None:
        """Take all files, and the one to read."""
        self.files, self.file, self.path = files, file, file.path
        # The class around what is read.
        self.own: str | None = None

    def text(self, node: ast.AST | None) -> str | None:
        """Return the text of an annotation."""
        return None if node is None else ast.unparse(Names(self.files, self.file, self.own).visit(copy.deepcopy(node)))

    def signature(self, node: Def, bound: bool) -> Item:
        """Return the signature, without `self` if it is bound."""
        spec, found = node.args, []
        positional = spec.posonlyargs + spec.args
        defaults = [None] * (len(positional) - len(spec.defaults)) + list(spec.defaults)
        for index, (arg, default) in enumerate(zip(positional, defaults)):
            if index == 0 and bound:
                continue
            only = index < len(spec.posonlyargs) or (arg.arg.startswith("__") and not arg.arg.endswith("__"))
            found.append(self.parameter(arg, "positional-only" if only else "either", default))
        if spec.vararg:
            found.append(self.parameter(spec.vararg, "arguments", None))
        for arg, default in zip(spec.kwonlyargs, spec.kw_defaults):
            found.append(self.parameter(arg, "keyword-only", default))
        if spec.kwarg:
            names = keywords(self.files, self.file, spec.kwarg.annotation)
            found.append({**self.parameter(spec.kwarg, "keywords", None), "names": names})
        return {"parameters": found, "returns": self.text(node.returns)}

    def parameter(self, arg: ast.arg, kind: str, default: ast.expr | None) -> Item:
        """Return a parameter."""
        return {
            "name": arg.arg,
            "kind": kind,
            "default": None if default is None else ast.unparse(default),
            "annotation": self.text(arg.annotation),
        }

    def decorators(self, node: Def | ast.ClassDef) -> list[str]:
        """Return the names of the decorators."""
        return [self.text(one.func if isinstance(one, ast.Call) else one) for one in node.decorator_list]

    def function(self, node: Def, bound: bool) -> Item:
        """Return a function."""
        return {
            "name": node.name,
            "doc": ast.get_docstring(node) or "",
            "origin": "stub",
            "place": f"{self.path}:{node.lineno}",
            "signatures": [self.signature(node, bound)],
            "is_async": isinstance(node, ast.AsyncFunctionDef),
        }

    def klass(self, node: ast.ClassDef) -> Item:
        """Return a class."""
        around, self.own = self.own, node.name
        found = self.members(node)
        self.own = around
        return found

    def members(self, node: ast.ClassDef) -> Item:
        """Return a class with its members."""
        bases = [self.text(base) for base in node.bases]
        decorators = self.decorators(node)
        found = {
            "name": node.name,
            "doc": ast.get_docstring(node) or "",
            "origin": "stub",
            "place": f"{self.path}:{node.lineno}",
            "bases": [base for base in bases if base != "object"],
            "methods": [],
            "attributes": [],
            "classes": [],
            "flags": {"is_subclassable": False if "typing.final" in decorators else None},
            "is_exception": any(base.split(".")[-1].endswith(("Error", "Exception", "Warning")) for base in bases),
            "is_typing_only": "typing.type_check_only" in decorators
            or any(
                base.split("[")[0] in ("typing.Protocol", "typing.TypedDict", "typing.NamedTuple") for base in bases
            ),
        }
        # Whose members cannot be set, however they are written.
        is_enum = any(base.split(".")[-1] in ENUMS for base in bases)
        methods, attributes = {}, {}
        for item, _ in statements(node.body):
            if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self.member(item, methods, attributes)
            elif isinstance(item, ast.ClassDef):
                found["classes"].append(self.klass(item))
            elif isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
                raw = self.text(
                    item.annotation.value if isinstance(item.annotation, ast.Subscript) else item.annotation
                )
                of_class = raw == "typing.ClassVar"
                final = raw == "typing.Final"
                if item.target.id == "__hash__":
                    found["flags"]["is_hashable"] = False
                    continue
                attributes[item.target.id] = self.attribute(item.target.id, item, not (of_class or final or is_enum), of_class)
                attributes[item.target.id]["annotation"] = self.text(item.annotation)
            elif isinstance(item, ast.Assign):
                for target in item.targets:
                    if isinstance(target, ast.Name) and target.id not in ("__slots__", "__match_args__"):
                        name = getattr(item.value, "id", None)
                        if target.id == "__hash__":
                            found["flags"]["is_hashable"] = False
                        elif name in methods:
                            methods[target.id] = {**methods[name], "name": target.id}
                        else:
                            attributes[target.id] = self.attribute(target.id, item, False, True)
        if not self.file.is_stub:
            for name, item in instance_attributes(node):
                if name not in methods:
                    attributes.setdefault(name, self.attribute(name, item, True, False))
        found["methods"], found["attributes"] = list(methods.values()), list(attributes.values())
        if "__eq__" in methods and found["flags"].get("is_hashable") is None:
            found["flags"]["is_hashable"] = True if "__hash__" in methods else None
        return found

    def attribute(self, name: str, node: ast.stmt, settable: bool, of_class: bool) -> Item:
        """Return an attribute."""
        return {
            "name": name,
            "origin": "stub",
            "place": f"{self.path}:{node.lineno}",
            "annotation": None,
            "is_settable": settable,
            "is_readable": True,
            "is_of_class": of_class,
        }

    def member(self, item: Def, methods: Items, attributes: Items) -> None:
        """Add a method, or an attribute that methods define."""
        decorators = self.decorators(item)
        last = [name.split(".")[-1] for name in decorators]
        if {"property", "cached_property", "abstractproperty"} & set(last):
            attributes[item.name] = self.attribute(item.name, item, False, False)
            attributes[item.name]["annotation"] = self.text(item.returns)
            attributes[item.name]["doc"] = ast.get_docstring(item) or ""
        elif "setter" in last or "deleter" in last:
            known = attributes.setdefault(item.name, self.attribute(item.name, item, False, False))
            known["is_settable" if "setter" in last else "is_deletable"] = True
        else:
            static, of_class = "staticmethod" in last, "classmethod" in last or item.name == "__new__"
            built = self.function(item, not static)
            built["receiver"] = "static" if static else "class" if of_class else "instance"
            known = methods.get(item.name)
            if known and "overload" in last:
                known["signatures"] += built["signatures"]
            else:
                methods[item.name] = built


