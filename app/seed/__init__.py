"""First data: the city's policy and, for demonstrations, a made-up city of the real one's shape."""
