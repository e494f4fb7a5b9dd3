"""Displays 100,000 small things and a hundred large ones, and updates them all the time.

Expected: the class is graded; a notebook of a sane size is left.
"""

from IPython.display import HTML, clear_output, display

for number in range(20_000):
    display({"text/plain": "."}, raw=True, display_id=f"d{number % 1000}", update=number >= 1000)
for _ in range(50):
    display(HTML("<b>" * 100_000))
for _ in range(20_000):
    clear_output(wait=True)


def law(x):
    for number in range(5_000):
        display(number)
    return 0.0
