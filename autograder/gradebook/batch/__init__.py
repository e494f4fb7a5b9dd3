"""Whole classes at once: ``autograder grade``.

What ``nbgrader autograde`` does one submission after the other, each step with a gradebook of its own, is done here by
several processes, and written by one::

    coordinator     finds submissions (intake), hands them out, and is the only one that writes (ledger, files)
    crew            processes that grade, here or on a cluster; one that dies takes no grade with it
    worker          grades a batch: knows the released cells and the secret room, neither gradebook nor class
    pipeline        one notebook: what nbgrader's preprocessors do, without a gradebook

Scores, files and comments are those of ``nbgrader autograde``. What these rooms do not know how to do (preprocessors
or hooks of a course's own, other languages than Python) is left to nbgrader's own command.
"""
