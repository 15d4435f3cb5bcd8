"""What the service does and refuses, and to whom. No HTTP, no SQL."""
