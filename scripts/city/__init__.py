"""A made-up city of the real one's shape, for demonstrations, measurements and tests."""
