"""What `monowheel debug leaks` runs inside the debugged interpreter: CPython 3.8 and later, standard library only."""
