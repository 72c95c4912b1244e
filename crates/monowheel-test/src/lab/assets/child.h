/* Starts a program and waits for its end. The program ends with this process, as with CPython's own
 * launchers, and what it starts itself does not. */
#include <windows.h>
#include <stdio.h>

/* The longest path of Windows. */
#define LONG_PATH 32768

/* Whether `program` could be started with the command line `line`; `status` is how it ended. */
static int run_child(const wchar_t *program, wchar_t *line, DWORD *status) {
    HANDLE job = CreateJobObjectW(NULL, NULL);
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK;
    SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits);
    STARTUPINFOW start;
    GetStartupInfoW(&start);
    PROCESS_INFORMATION child;
    /* Suspended until it is in the job, else it could outlive us. */
    if (!CreateProcessW(program, line, NULL, NULL, TRUE, CREATE_SUSPENDED, NULL, NULL, &start, &child)) return 0;
    AssignProcessToJobObject(job, child.hProcess);
    ResumeThread(child.hThread);
    CloseHandle(child.hThread);
    WaitForSingleObject(child.hProcess, INFINITE);
    return GetExitCodeProcess(child.hProcess, status);
}
