"""``make bench``: what grading a class of the course's assignment costs here, by several roads, on the same class.

::

    classes     makes up the class: right answers, known mistakes, untouched stubs, drawn with a seed
    courses     course folders in which a class has handed in, and what comes of them
    roads       stock nbgrader, nbgrader with Pathwise, ``autograder grade``: seconds per submission
    otter       ``otter run`` on equivalent notebooks, in an environment of its own
    watch       the memory of running processes, and the moment of the first result
    stages      where the time goes, measured inside one process
    machine     versions, cores, memory
    tables      all of it as text, as Markdown and as a picture

A judge remembers what it has seen before, so that a class in which many answer alike is graded faster. Both ends are
measured: the class as it is drawn, and the same class in which no two students' numbers are alike.
"""
