"""Pages that show a snapshot."""
