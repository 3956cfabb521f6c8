"""What the backend does, one file a noun. Each service loads, decides and commits once."""
