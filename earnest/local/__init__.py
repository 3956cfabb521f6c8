"""The stack on one machine: the real template on an emulator of AWS, and what the emulator lacks."""
