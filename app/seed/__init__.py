"""The city's policy as data, and its loader."""
