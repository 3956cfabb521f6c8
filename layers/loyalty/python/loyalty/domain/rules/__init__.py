"""Rules: campaigns as they are written, what they make of an event, and why."""
