"""The existing package's modules, for imports."""
