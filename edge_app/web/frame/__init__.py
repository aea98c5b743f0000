"""What all pages share: the guard before them, the reader's language, the layout, live values."""
