/*
 * What the programs here begin with: a GPU's primary context made current, an empty kernel that is
 * loaded, and words of the host's memory that the GPU can write and wait for.
 */
#ifndef BENCH_GPU_H
#define BENCH_GPU_H

#include "../test/programs/cuda.h"

enum { GPU_WORDS = 16384 };

extern CUfunction gpu_empty;           /* takes no arguments */
extern volatile cuuint32_t *gpu_words; /* zeros at first */

/* Ends the program with status 1 if there is no such device. */
void gpu_open(int device);
/* A kernel of a module given as PTX. */
CUfunction gpu_load(const char *text, const char *kernel);
/* Ends the program with status 1 unless the call succeeded. */
void gpu_check(CUresult result, const char *call);
/* The product's name. */
const char *gpu_name(void);
CUstream gpu_stream(void);
void gpu_launch_empty(CUstream stream);
/* Where the GPU finds a word. */
CUdeviceptr gpu_address(int word);
double now_nanos(void);

#endif
