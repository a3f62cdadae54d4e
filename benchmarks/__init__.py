"""Side-by-side timings; ``make bench`` runs them all, ``make bench ARGS=step`` one of them."""
