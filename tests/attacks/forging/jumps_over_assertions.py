"""Traces its caller and moves its next line behind the assertions, frame by frame.

Expected: no points; the tracer sees no frame of the grader.
"""

import sys


def jump(frame, event, argument):
    if event == "line":
        for line in range(frame.f_lineno + 40, frame.f_lineno, -1):
            try:
                frame.f_lineno = line
            except ValueError:
                continue
            break
    return jump


def law(x):
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename != __file__ if "__file__" in globals() else frame.f_code.co_name == "<module>":
            frame.f_trace = jump
            break
        frame = frame.f_back
    sys.settrace(jump)
    return 17.5
