"""The record of every run: one SQLite file, written by the engine, read by everyone."""
