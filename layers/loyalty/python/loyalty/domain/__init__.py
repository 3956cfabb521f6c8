"""The rules of loyalty, pure: no input, no output, no clock."""
