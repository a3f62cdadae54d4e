"""A data set as a space: who is near whom, how well classes stand apart, and maps of it."""
