"""Sessions, the runs of a course: meetings, application window, seats, attendance sheets."""
