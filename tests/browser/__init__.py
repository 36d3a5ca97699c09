"""What only a browser can tell: pages as they are drawn, read by a screen reader, and attacked."""
