"""Completion assessed by a course's terms or decided by a person, with its day; it is evidence of skills."""
