"""What every coded value means, in both languages."""
