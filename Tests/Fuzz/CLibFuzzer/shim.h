// The entry of libFuzzer (compiler-rt), without its own main: the program names its target first.
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *argc, char ***argv,
                        int (*one_input)(const uint8_t *bytes, size_t count));
