// The header is named here, not in the module map, so that the compiler finds it wherever pkg-config says it is.
#include <zlib.h>
