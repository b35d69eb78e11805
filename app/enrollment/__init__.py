"""Enrollments and the seats that they take: the queue, the times booked, what a changed session does to both."""
