"""Applications and designations: who may apply, decide and withdraw."""
