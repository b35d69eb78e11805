"""A made-up city, similar in structure to the real one, for demonstrations, measurements and tests."""
