"""Small typed parts of pages: each draws one thing and returns what a page needs to know."""
