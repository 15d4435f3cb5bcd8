"""The parts that tests control: the clock, faults, outcomes of jobs; and the recorded requests."""
