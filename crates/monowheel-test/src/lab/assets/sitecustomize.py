# The executable of this Python is a script that calls qemu, so sys.executable is no ELF file. By the ELF header of
# sys.executable pip and packaging know a 32-bit Python: i686, or armv7l with hard floats. They get that of the
# interpreter itself. Nothing else is changed.
import sys

INTERPRETER = "ELF"


def of_interpreter(file, *args, **kwargs):
    return open(INTERPRETER if file == sys.executable else file, *args, **kwargs)


class Loader:
    def __init__(self, loader):
        self.loader = loader

    def __getattr__(self, name):
        return getattr(self.loader, name)

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        module.open = of_interpreter
        self.loader.exec_module(module)


class Finder:
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if not name.endswith("packaging._manylinux"):
            return None
        specs = (finder.find_spec(name, path, target) for finder in sys.meta_path if finder is not cls)
        spec = next(filter(None, specs), None)
        if spec is not None:
            spec.loader = Loader(spec.loader)
        return spec


sys.meta_path.insert(0, Finder)
