"""One process per submission: the only place where a student's code runs.

Theory of operation
-------------------
A *template* is a fresh process that has imported numpy, torch, scipy and IPython and then waits. On request it forks a
*box*. The box confines itself, runs the cells of one notebook in an IPython shell, and then answers calls: "call
``kl_gradient`` with these arrays". Requests and replies are data (see ``wire``), never pickles. A reply is a claim that
the judge weighs; it is never a mark.

The common road is fast: one fork, one run of the notebook, many calls. When a box dies or hangs, ``Session`` makes a
new one, runs the innocent cells again and goes on, so that a submission loses only what it broke.
"""
