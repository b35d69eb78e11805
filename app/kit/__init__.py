"""What all packages share; it knows nothing of their domain."""
