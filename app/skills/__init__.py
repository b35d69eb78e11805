"""Skills, maps of the skills that roles need, and evidence that people have them."""
