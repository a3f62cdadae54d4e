"""The verbs of the command line; ``tfcore.__main__`` parses and reports."""
