"""Courses of every provider: whom they are for, what they teach, what completes them."""
