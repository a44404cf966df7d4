/* What a test of a unit asserts. */
#ifndef OT_UNIT_CHECK_H
#define OT_UNIT_CHECK_H

#include <stdio.h>
#include <stdlib.h>

#define CHECK(condition)                                                                           \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      printf("%s:%d: %s is not so\n", __FILE__, __LINE__, #condition);                             \
      exit(1);                                                                                     \
    }                                                                                              \
  } while (0)

#endif
