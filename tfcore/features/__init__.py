"""Photos to rows of numbers: planned, decoded ahead of a network, kept in the store."""
