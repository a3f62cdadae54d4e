"""The engine: a process of its own that gives runs to workers and writes down what they report."""
