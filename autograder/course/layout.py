"""Where things lie in a course, and which variant an assignment is.

An assignment is named after its family, with the variant behind a hyphen unless it is the base:
``reparameterization``, ``reparameterization-autumn``. All variants share one folder of the secret room.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from autograder.course.errors import CourseError, UsageError
from autograder.course.variants import VARIANTS_FILE, VOCABULARY_FILE, Variant, read_variants

BASE = "base"
MASTER_SUFFIX = ".master.md"
PART_SUFFIX = ".part.md"
# What nbgrader must never copy from source/ into a release.
PRIVATE = (f"*{MASTER_SUFFIX}", f"*{PART_SUFFIX}", VARIANTS_FILE, VOCABULARY_FILE)


@dataclass(frozen=True)
class Course:
    """The folder of one course, as nbgrader knows it."""

    root: Path
    source_directory: str = "source"
    release_directory: str = "assignments"
    solutions_directory: str = "solutions"

    @property
    def source(self) -> Path:
        """The instructors' room."""
        return self.root / self.source_directory

    @property
    def solutions(self) -> Path:
        """The secret room."""
        return self.root / self.solutions_directory

    def assignments(self) -> list["Assignment"]:
        """Every assignment that has masters here, by name."""
        folders = {path.parent for path in self.source.glob(f"*/*{MASTER_SUFFIX}")}
        return [Assignment(self, folder.name) for folder in sorted(folders)]

    def editions(self) -> list["Assignment"]:
        """Every variant of every assignment that has masters here."""
        return [a.edition(variant) for a in self.assignments() for variant in a.variants or [BASE]]

    def require(self, name: str) -> "Assignment":
        """Give the assignment of that name.

        Raises:
            UsageError: the course has no masters for it; the text names those that it has.
        """
        assignment = Assignment(self, name)
        if name != Path(name).name or not assignment.masters:
            known = ", ".join(a.name for a in self.assignments()) or "none"
            raise UsageError(f"no master of assignment {name!r} lies in {self.source}; assignments there: {known}")
        return assignment


@dataclass(frozen=True)
class Assignment:
    """One assignment of a course: a family and a variant of it."""

    course: Course
    name: str

    @cached_property
    def family(self) -> str:
        """The part of the name that the secret room and the masters go by."""
        parts = self.name.split("-")
        for end in range(len(parts), 0, -1):
            family = "-".join(parts[:end])
            if (self.course.solutions / family).is_dir() or list((self.course.source / family).glob("*.master.md")):
                return family
        return self.name

    @property
    def variant_name(self) -> str:
        """The variant's table in ``variants.toml``."""
        return self.name[len(self.family) + 1 :] or BASE

    @property
    def solutions(self) -> Path:
        """Its folder in the secret room; it need not exist."""
        return self.course.solutions / self.family

    @property
    def has_graders(self) -> bool:
        """Whether hidden graders exist; without them nbgrader's own rules hold."""
        return self.solutions.is_dir() and any(self.solutions.glob("test_*.py"))

    @property
    def source(self) -> Path:
        """The folder that nbgrader releases from."""
        return self.course.source / self.name

    @property
    def masters(self) -> list[Path]:
        """The masters of its family."""
        return sorted((self.course.source / self.family).glob(f"*{MASTER_SUFFIX}"))

    @property
    def companions(self) -> list[Path]:
        """The files of its family that students get beside the notebooks."""
        folder = self.course.source / self.family
        files = [path for path in sorted(folder.iterdir()) if path.is_file() and path.suffix not in (".ipynb", ".pyc")]
        return [path for path in files if not any(path.match(pattern) for pattern in PRIVATE)]

    @property
    def own_files(self) -> list[Path]:
        """The files that the folder of a variant has instead of its family's."""
        if self.name == self.family:
            return []
        files = [self.source / path.name for path in self.companions]
        return [path for path in files if path.is_file() and not path.is_symlink()]

    @property
    def release(self) -> Path:
        """The folder that students get."""
        return self.course.root / self.course.release_directory / self.name

    @cached_property
    def variants(self) -> dict[str, Variant]:
        """All variants of its family, by name.

        Raises:
            CourseError: ``variants.toml`` cannot be read, or says what it may not.
        """
        return read_variants(self.course.source / self.family)

    @cached_property
    def variant(self) -> Variant:
        """The numbers and choices of this variant.

        Raises:
            CourseError: ``variants.toml`` cannot be read or has no such table.
        """
        if not self.variants:
            return Variant(self.variant_name, {})
        if self.variant_name not in self.variants:
            path = self.course.source / self.family / VARIANTS_FILE
            raise CourseError(f"{path} has no table [{self.variant_name}]; it has {', '.join(self.variants)}")
        return self.variants[self.variant_name]

    def edition(self, variant: str) -> "Assignment":
        """The same family in another variant."""
        return Assignment(self.course, self.family if variant == BASE else f"{self.family}-{variant}")
