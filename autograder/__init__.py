"""Pathwise: hidden pytest graders for nbgrader notebooks, each submission in a box of its own.

The rooms of this package import one way only, each from those below it::

    cli          parses, calls one function, exits
    gradebook    the only part that knows nbgrader
    authoring    masters, releases, verification
    report       what people read: feedback, class table
    grading      pytest plugin, checks, diagnosis, results
    box          template, box, worker, wire
    course       paths, notebooks as data, the error tree
"""

__version__ = "0.1.0"
