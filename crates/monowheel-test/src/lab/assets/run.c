/* run.exe PROGRAM [ARGUMENT...]: runs a program of Windows such that its end can be told from outside.
 *
 * An exit status of Unix has 8 bits: of 0xC0000005 (access violation) wine leaves 5, which a program
 * could have meant. Here a program that was ended by an exception is told by 128 + the signal by which
 * Unix ends one for the same reason, and by a line on stderr. PROGRAM may be a path of Unix.
 */
#include "child.h"

/* As `env` and the shells of Unix have it. */
#define USAGE 125
#define NOT_LOADED 126
#define NO_START 127

/* The command line without its first word, quotes and all as they were. */
static wchar_t *after_first(wchar_t *line) {
    int quoted = 0;
    for (; *line && (quoted || (*line != L' ' && *line != L'\t')); line++)
        if (*line == L'"') quoted = !quoted;
    while (*line == L' ' || *line == L'\t') line++;
    return line;
}

/* What to end with after a program that ended by an exception; 0 for one that ended by itself. */
static int told(DWORD status) {
    switch (status) {
    case 0xC000007B: /* not an image for this system */
    case 0xC0000135: /* a DLL is missing */
    case 0xC0000139: /* an entry point is missing */
        return NOT_LOADED;
    case 0xC000013A: /* Ctrl-C */
        return 128 + 2;
    case 0xC000001D: /* illegal instruction */
    case 0xC0000096: /* privileged instruction */
        return 128 + 4;
    case 0xC0000409: /* fail fast: what newer run-times do for abort() */
        return 128 + 6;
    case 0xC000008E: /* division by zero, floating point */
    case 0xC0000094: /* division by zero */
    case 0xC0000095: /* overflow */
        return 128 + 8;
    }
    /* Access violation, stack overflow, a corrupt heap, and the rest of the kind. */
    return status >= 0xC0000000 && status < 0xD0000000 ? 128 + 11 : 0;
}

int wmain(int argc, wchar_t **argv) {
    static wchar_t program[LONG_PATH];
    static char unix_path[LONG_PATH * 3];
    if (argc < 2) {
        fwprintf(stderr, L"run.exe: no program is named\n");
        return USAGE;
    }
    wcsncpy(program, argv[1], LONG_PATH - 1);
    if (argv[1][0] == L'/') {
        /* wine's own way from a path of Unix to one of Windows; there is no other system to ask. */
        HMODULE kernel = GetModuleHandleW(L"kernel32.dll");
        wchar_t *(CDECL *to_dos)(const char *) = (wchar_t *(CDECL *)(const char *))(void *)GetProcAddress(kernel, "wine_get_dos_file_name");
        wchar_t *dos = NULL;
        if (to_dos && WideCharToMultiByte(CP_UTF8, 0, argv[1], -1, unix_path, sizeof unix_path, NULL, NULL)) dos = to_dos(unix_path);
        if (dos) wcsncpy(program, dos, LONG_PATH - 1);
    }
    DWORD status = NO_START;
    if (!run_child(program, after_first(GetCommandLineW()), &status)) {
        DWORD error = GetLastError();
        fwprintf(stderr, L"run.exe: cannot start %ls (error %lu)\n", program, error);
        return NO_START;
    }
    int instead = told(status);
    if (!instead) return (int)status;
    fwprintf(stderr, L"run.exe: %ls ended with 0x%08lX\n", argv[1], status);
    return instead;
}
