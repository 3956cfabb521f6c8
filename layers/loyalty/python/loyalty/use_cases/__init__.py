"""What the backend does, one verb a file: load, decide, commit once."""
