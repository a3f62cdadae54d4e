"""Looking into a network while it looks at one photo: its maps, its reasons, its features."""
