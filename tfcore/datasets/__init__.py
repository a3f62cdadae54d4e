"""Data sets: listed, checked, and split, so that no bad file and no copy spoils what is learned."""
