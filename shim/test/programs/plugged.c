/*
 * Prints of the functions named in its arguments, behind the library plugin.c, how that finds them:
 * plugged libplugin.so cuInit ... In the end it has the library synchronize, by the first
 * function for that in the order of all libraries.
 */
#include <dlfcn.h>
#include <stdio.h>

static const char *found(const void *function) { return function ? "found" : "not found"; }

int main(int count, char **arguments) {
  void *library = count > 1 ? dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL) : NULL;
  void *(*find)(int, const char *) =
      library ? (void *(*)(int, const char *))dlsym(library, "plugin_find") : NULL;
  if (!find) {
    fprintf(stderr, "%s\n", dlerror());
    return 1;
  }
  for (int i = 2; i < count; i++)
    printf("%s: by the library %s, next %s\n", arguments[i], found(find(0, arguments[i])),
           found(find(1, arguments[i])));
  int (*synchronize)(void) = (int (*)(void))dlsym(library, "plugin_synchronize");
  return synchronize && synchronize() ? 0 : 1; /* Nothing was initialized. */
}
