#ifndef CONFD_CCRYPT_H
#define CONFD_CCRYPT_H

#include <crypt.h>

#endif
