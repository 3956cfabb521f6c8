"""What the backend does, one noun a file: load, decide, commit once."""
