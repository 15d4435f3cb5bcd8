"""Checking and running sequences, in worker processes. What imports Pulser is here, and loaded by workers only."""
