/* What a core dump of this process holds.
 *
 * Its memory is full of what must not lie about in a file: keys, and the audio
 * and words of everybody who is on the phone. */
#ifndef GATEWAY_OPS_CORE_DUMP_H
#define GATEWAY_OPS_CORE_DUMP_H

/* core_dump_leave_memory_out: from now on a core dump holds registers of each
 * thread and which files are mapped where, so that it tells where the process
 * was, and no memory. It can still be debugged while it runs, and who looks for
 * a mistake can have memory dumped: echo 0x33 >/proc/PID/coredump_filter
 * Returns 0, or a negative errno where the kernel has no such choice.
 * Source: core(5), "Controlling which mappings are written". */
int core_dump_leave_memory_out(void);

#endif
