/* setjmp, which has its own implementation on WebAssembly. */
#include <setjmp.h>

static void leave(jmp_buf back, int value) { longjmp(back, value); }

int native_jump(int value) {
    jmp_buf back;
    int landed = setjmp(back);
    if (landed != 0) return landed;
    leave(back, value);
    return -1;
}
