"""What every long job is made of: keyed draws, state as bytes, terms of a loss, provenance."""
