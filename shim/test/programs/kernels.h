/*
 * The kernels of the test programs, as a real device needs them; the simulated driver knows a
 * kernel by its name alone, and of busy_<N>us every one.
 */
#ifndef PROGRAMS_KERNELS_H
#define PROGRAMS_KERNELS_H

/* Occupies one multiprocessor until the device's clock has gone on by so much. */
#define KERNEL_BUSY(micros)                                                                        \
  ".visible .entry busy_" #micros "us() {\n"                                                       \
  "  .reg .u64 %start, %now;\n"                                                                    \
  "  .reg .pred %early;\n"                                                                         \
  "  mov.u64 %start, %globaltimer;\n"                                                              \
  "again:\n"                                                                                       \
  "  mov.u64 %now, %globaltimer;\n"                                                                \
  "  sub.u64 %now, %now, %start;\n"                                                                \
  "  setp.lt.u64 %early, %now, " #micros "000;\n"                                                  \
  "  @%early bra again;\n"                                                                         \
  "  ret;\n"                                                                                       \
  "}\n"

static const char kernels[] __attribute__((unused)) =
    ".version 6.4\n.target sm_50\n.address_size 64\n"
    ".visible .entry empty() { ret; }\n"
    ".visible .entry add_one(.param .u64 word) {\n"
    "  .reg .u64 %address;\n"
    "  .reg .u32 %value;\n"
    "  ld.param.u64 %address, [word];\n"
    "  ld.global.u32 %value, [%address];\n"
    "  add.u32 %value, %value, 1;\n"
    "  st.global.u32 [%address], %value;\n"
    "  ret;\n"
    "}\n" KERNEL_BUSY(10) KERNEL_BUSY(100) KERNEL_BUSY(200) KERNEL_BUSY(500) KERNEL_BUSY(1000)
        KERNEL_BUSY(2000) KERNEL_BUSY(10000);

#endif
