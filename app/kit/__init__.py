"""What every room shares and no room owns: no word of the domain in here."""
