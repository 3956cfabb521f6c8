"""Events: emit, the later changes of their status, and replay."""
