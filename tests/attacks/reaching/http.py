"""Uses what everybody uses: urllib, http.client, and a proxy from the environment.

Expected: nothing arrives.
"""

import contextlib
import http.client
import os
import urllib.request

with contextlib.suppress(OSError, http.client.HTTPException):
    urllib.request.urlopen(f"http://127.0.0.1:{TCP_PORT}/{MARKER}", timeout=1)
os.environ["http_proxy"] = f"http://127.0.0.1:{TCP_PORT}"
with contextlib.suppress(OSError, http.client.HTTPException):
    urllib.request.urlopen(f"http://example.invalid/{MARKER}", timeout=1)


def law(x):
    return 0.0
