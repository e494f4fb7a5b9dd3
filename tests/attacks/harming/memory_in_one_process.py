"""Takes 4 GiB of memory and touches every page.

Expected: the class is graded; only this answer is lost.
"""


def law(x):
    taken = []
    for _ in range(64):
        taken.append(np.ones(1 << 23))
    return 0.0
