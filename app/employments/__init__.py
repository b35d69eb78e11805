"""Terms of service: the truth about who is employed when. Posts and absences follow them."""
