"""The command `pasqal-cloud`."""
