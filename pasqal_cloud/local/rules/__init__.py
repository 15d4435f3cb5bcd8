"""The rules: what users may do, and which requests are refused. No HTTP, no SQL."""
