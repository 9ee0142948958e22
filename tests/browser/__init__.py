"""What people meet: the demo server in a child process, driven by a real browser."""
