"""Units, employees, posts, absences, and the scope of the training policy."""
