"""The loyalty layer: what every function of the backend shares."""
