"""Prints what it is called with, by every road: stdout, stderr, the descriptors, a display, the log, a title.

Expected: no hidden input in what the student reads.
"""

import logging
import os
import sys

from IPython.display import display


def law(x):
    text = f"called with {x!r}\n"
    print(text, flush=True)
    print(text, file=sys.stderr, flush=True)
    for descriptor in (1, 2):
        os.write(descriptor, text.encode())
    sys.__stdout__ and sys.__stdout__.write(text)
    display(text)
    logging.getLogger().warning(text)
    get_ipython().display_pub.publish({"text/plain": text})
    return 0.0
