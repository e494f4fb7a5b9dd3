"""Which variants of the course a test run looks at: the base, and all of them where CI is set."""

import os
from pathlib import Path

from autograder.course.layout import Assignment, Course

ROOT = Path(__file__).parent.parent
BASE = Assignment(Course(ROOT), "reparameterization")
ALL = [BASE.edition(variant) for variant in BASE.variants]
EDITIONS = ALL if os.environ.get("CI") else [BASE]
