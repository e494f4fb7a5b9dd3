"""Leaves a thread that replaces names in the notebook, again and again, while it is being judged.

Expected: no points; whatever the notebook does, the numbers are wrong.
"""

import threading
import time


def meddle():
    until = time.monotonic() + 20
    while time.monotonic() < until:
        shell = get_ipython()
        shell.user_ns["law"] = law
        shell.user_ns["expected"] = 4.0
        np.allclose = lambda *args, **kwargs: True
        time.sleep(0.001)


def law(x):
    return 17.5


threading.Thread(target=meddle, daemon=True).start()
