"""Hides what it prints when it is called: backwards, in hexadecimal digits, in base64, as it may pass a filter.

Expected: no hidden input in what the student reads, in any form.
"""

import base64
import sys

from IPython.display import display


def law(x):
    text = " ".join(str(int(value)) for value in np.ravel(x))
    for form in (text[::-1], text.encode().hex(), base64.b64encode(text.encode()).decode()):
        print(form)
        print(form, file=sys.stderr)
        display(form)
    raise ValueError(text[::-1])
