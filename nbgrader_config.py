"""Settings of this course for nbgrader; see the README for what can be set."""

from autograder.gradebook import enable

c = get_config()  # noqa: F821
enable(c)
c.CourseDirectory.course_id = "pathwise"
c.CourseDirectory.release_directory = "assignments"
