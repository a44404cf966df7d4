/* A program whose threads do what they are told, line by line. */
#ifndef PROGRAMS_PUPPET_H
#define PROGRAMS_PUPPET_H

/* Does what the words say, in the calling thread. Returns the driver's result, 0 where it has none
 * to give, or a negative number if the words are not understood. */
int command_run(char **words, int count);

#define COMMAND_UNKNOWN (-1)

#endif
