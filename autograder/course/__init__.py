"""What every other room stands on: paths of a course, notebooks as data, the error tree."""
