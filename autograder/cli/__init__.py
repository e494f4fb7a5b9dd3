"""The command ``autograder``: it parses, calls one function and exits.

Exit codes: 0 done; 1 the machine, the course or a proof falls short; 2 the command line is wrong; 130 interrupted.
"""

from autograder.cli.main import main

__all__ = ["main"]
