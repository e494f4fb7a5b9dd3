"""Starts other programs in the background, with nohup and in new sessions, which run for a minute.

Expected: the class is graded, and they are gone with the submission.
Deserves: 4
"""

import contextlib
import subprocess
import sys

loop = f"import time\nfor _ in range(60):\n    open({TMP!r} + '/' + {MARKER!r}, 'a').write('x')\n    time.sleep(1)"
for command in (["nohup", "sleep", "61.5"], [sys.executable, "-c", loop, MARKER], ["setsid", "sleep", "62.5"]):
    with contextlib.suppress(OSError):
        subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def law(x):
    return 3.25 * np.asarray(x, dtype=float) + 17.5
