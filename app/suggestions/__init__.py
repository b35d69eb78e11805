"""Sessions in which a person can acquire skills, and those in which they already are; no routes."""
