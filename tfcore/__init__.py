"""Transfer Lab: what a pretrained network knows, what it dreams and what fools it."""
