# Tells what an interpreter is, as one line of JSON. Any Python from 2.7 on has to get through this.
import json
import os
import sys
import sysconfig

MARK = "monowheel:"


def libc():
    """The C library and its version; None where it is the system's only one."""
    try:
        name, version = os.confstr("CS_GNU_LIBC_VERSION").split()
        return [name, version]
    except (AttributeError, ValueError, OSError, TypeError):
        pass
    if not sys.platform.startswith("linux"):
        return None
    try:
        return musl()
    except Exception:
        return None


def musl():
    # musl tells its version when its loader is run without a program (packaging does the same).
    import struct
    import subprocess

    with open(sys.executable, "rb") as file:
        header = file.read(64)
        if header[:4] != b"\x7fELF":
            return None
        is64 = header[4:5] == b"\x02"
        order = ">" if header[5:6] == b"\x02" else "<"  # s390x is big-endian
        table = struct.unpack(order + ("Q" if is64 else "I"), header[32:40] if is64 else header[28:32])[0]
        size, count = struct.unpack(order + "HH", header[54:58] if is64 else header[42:46])
        for number in range(count):
            file.seek(table + number * size)
            entry = file.read(size)
            if struct.unpack(order + "I", entry[:4])[0] != 3:  # PT_INTERP
                continue
            words = struct.unpack(order + ("QQQQ" if is64 else "IIII"), entry[8:40] if is64 else entry[4:20])
            file.seek(words[0])
            loader = file.read(words[3]).rstrip(b"\0")
            told = subprocess.Popen([loader], stderr=subprocess.PIPE).communicate()[1].decode("latin-1").split()
            return ["musl", told[told.index("Version") + 1]] if "musl" in told else None


def pip():
    """The wheel of pip that this Python would install into a new environment."""
    folders = [sysconfig.get_config_var("WHEEL_PKG_DIR")]
    try:
        import ensurepip

        folders.append(os.path.join(os.path.dirname(ensurepip.__file__), "_bundled"))
    except ImportError:
        pass
    for folder in folders:
        if folder and os.path.isdir(folder):
            wheels = sorted(name for name in os.listdir(folder) if name.startswith("pip-") and name.endswith(".whl"))
            if wheels:
                return os.path.join(folder, wheels[-1])
    return None


def has(module):
    try:
        __import__(module)
    except Exception:
        return False
    return True


def suffixes():
    try:
        from importlib.machinery import EXTENSION_SUFFIXES
    except ImportError:
        return []
    return EXTENSION_SUFFIXES


def implementation():
    try:
        return sys.implementation.name
    except AttributeError:
        import platform

        return platform.python_implementation().lower()


def platform_name():
    # A 32-bit Python on a 64-bit kernel gives the name of the kernel's processor; installers correct it
    # (packaging.tags), and so does this.
    if sys.platform == "emscripten":
        # The tag's version, by PEP 783's name and by that of before.
        names = ("PYEMSCRIPTEN_PLATFORM_VERSION", "PYEMSCRIPTEN_ABI_VERSION", "PYODIDE_ABI_VERSION")
        versions = [version for version in map(sysconfig.get_config_var, names) if version]
        return "pyemscripten-{}_wasm32".format(versions[0]) if versions else sysconfig.get_platform()
    name = sysconfig.get_platform()
    names = {"linux-x86_64": "linux-i686", "linux-aarch64": "linux-armv7l", "linux-armv8l": "linux-armv7l"}
    return name if sys.maxsize > 2**32 else names.get(name, name)


def macos():
    import platform

    return platform.mac_ver()[0] if sys.platform == "darwin" else None


print(
    MARK
    + json.dumps(
        {
            "implementation": implementation(),
            "version": [sys.version_info[0], sys.version_info[1]],
            "release": sys.version.split()[0],
            "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
            "debug": hasattr(sys, "gettotalrefcount"),
            "platform": platform_name(),
            "libc": libc(),
            "macos": macos(),
            "suffixes": suffixes(),
            "executable": os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable),
            "in_environment": sys.prefix != getattr(sys, "base_prefix", sys.prefix),
            "pip": pip(),
            "venv": has("venv"),
            "ssl": has("ssl"),
        }
    )
)
