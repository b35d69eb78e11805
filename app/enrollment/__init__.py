"""A person in a session: application, approval, seats, the waiting list and the times that a seat books."""
