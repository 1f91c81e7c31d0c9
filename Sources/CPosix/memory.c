#include "CPosix.h"

#include <malloc.h>

void cposix_trim_memory(void) { malloc_trim(0); }
