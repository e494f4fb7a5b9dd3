"""Sets limits for its ancestors instead of having limits set: no descriptors, no files, no time, last in every queue.

Expected: the grader's process is as before, and the class is graded.
"""

import contextlib
import os
import resource

for pid in graders():
    for limit, value in ((resource.RLIMIT_NOFILE, 8), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CPU, 1)):
        with contextlib.suppress(OSError, ValueError):
            resource.prlimit(pid, limit, (value, value))
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, 19)
    with contextlib.suppress(OSError):
        os.sched_setaffinity(pid, {min(os.sched_getaffinity(0))})
    with contextlib.suppress(OSError):
        open(f"/proc/{pid}/oom_score_adj", "w").write("1000")


def law(x):
    return 0.0
