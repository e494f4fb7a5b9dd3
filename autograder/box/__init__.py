"""One box per submission: the only place where a student's code runs.

Theory of operation
-------------------
A *template* is a fresh process that has imported numpy, torch, scipy and IPython and then waits. It holds no secret and
never reads a submission. On request it forks a *box* of two processes::

    judge ── orders, files, limits ──> nanny ── makes, counts, kills ──┐
      │                                (forked from the template)      v
      └── "call kl_gradient with these arrays" ──────────────> student's process

The *nanny* makes namespaces and a root of its own for the box, forks the *student's process*, and watches what it and
all that it starts take. The student's process gives up whatever is left (user, capabilities, files, system calls)
before it reads a line of the notebook; then it runs the cells in an IPython shell and answers calls. The layers are in
``worker/confinement.py``; ``protection.py`` says which of them grading demands; ``checkup.py`` tries them from inside.

Requests and replies are data (see ``wire``), never pickles. A reply is a claim that the judge weighs, never a mark.

The common road is fast: two forks, one run of the notebook, many calls. When a box dies or hangs, ``Session`` makes a
new one, runs the innocent cells again and goes on, so that a submission loses only what it broke.
"""
