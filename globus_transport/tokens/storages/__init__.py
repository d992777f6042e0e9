"""Where tokens live between two runs of a program."""
