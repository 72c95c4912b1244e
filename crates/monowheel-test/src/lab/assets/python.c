/* python.exe, for an interpreter and for its virtual environments alike. PYDLL is L"pythonXY.dll".
 *
 * Beside pythonXY.dll it is the interpreter: it loads the DLL and calls Py_Main. In a virtual
 * environment it does what CPython's own venvlauncher.exe does: it starts the python.exe of the
 * `home` that pyvenv.cfg names, tells it by __PYVENV_LAUNCHER__ who it shall be, and ends as that ends.
 */
#include "child.h"

/* Exit statuses when the launcher itself fails, in the range that CPython's launchers use. */
#define NO_SELF 101
#define NO_HOME 106
#define NO_START 107
#define NO_LIBRARY 108

static int fail(int status, const wchar_t *what, const wchar_t *where) {
    DWORD error = GetLastError();
    fwprintf(stderr, L"python.exe: %ls %ls (error %lu)\n", what, where, error);
    return status;
}

/* The value of `home` in pyvenv.cfg (UTF-8) without a slash at its end, or an empty text. */
static void read_home(const wchar_t *cfg, wchar_t *home) {
    static char text[1 << 16];
    home[0] = 0;
    FILE *file = _wfopen(cfg, L"rb");
    if (!file) return;
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[size] = 0;
    for (char *line = text, *next; line; line = next) {
        next = strchr(line, '\n');
        if (next) *next++ = 0;
        char *key = line + strspn(line, " \t");
        if (_strnicmp(key, "home", 4)) continue;
        char *value = key + 4 + strspn(key + 4, " \t");
        if (*value != '=') continue;
        value += 1 + strspn(value + 1, " \t");
        char *end = value + strlen(value);
        while (end > value && strchr(" \t\r\\/", end[-1])) *--end = 0;
        if (!MultiByteToWideChar(CP_UTF8, 0, value, -1, home, LONG_PATH)) home[0] = 0;
        return;
    }
}

int wmain(int argc, wchar_t **argv) {
    static wchar_t self[LONG_PATH], path[LONG_PATH + 16], home[LONG_PATH];
    DWORD size = GetModuleFileNameW(NULL, self, LONG_PATH);
    if (!size || size == LONG_PATH) return fail(NO_SELF, L"cannot tell its own path", L"");
    wcscpy(path, self);
    wchar_t *slash = wcsrchr(path, L'\\');
    if (!slash) return fail(NO_SELF, L"cannot tell the folder of", self);
    wcscpy(slash + 1, PYDLL);
    if (GetFileAttributesW(path) == INVALID_FILE_ATTRIBUTES) {
        wcscpy(slash, L"\\..\\pyvenv.cfg");
        read_home(path, home);
        if (!home[0]) return fail(NO_HOME, L"neither beside " PYDLL L" nor with a home in", path);
        swprintf(path, LONG_PATH + 16, L"%ls\\python.exe", home);
        SetEnvironmentVariableW(L"__PYVENV_LAUNCHER__", self);
        DWORD status = NO_START;
        if (!run_child(path, GetCommandLineW(), &status)) return fail(NO_START, L"cannot start", path);
        return (int)status;
    }
    /* The libraries beside the DLL are found as if they were beside this program. */
    HMODULE python = LoadLibraryExW(path, NULL, LOAD_WITH_ALTERED_SEARCH_PATH);
    if (!python) return fail(NO_LIBRARY, L"cannot load", path);
    int (*py_main)(int, wchar_t **) = (int (*)(int, wchar_t **))(void *)GetProcAddress(python, "Py_Main");
    if (!py_main) return fail(NO_LIBRARY, L"no Py_Main in", path);
    return py_main(argc, argv);
}
