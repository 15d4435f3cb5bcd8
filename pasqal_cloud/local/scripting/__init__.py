"""What tests can script: time, faults, the outcomes of jobs; and what they can look at: the requests that came."""
