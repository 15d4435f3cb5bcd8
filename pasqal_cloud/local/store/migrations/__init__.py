"""What changes the tables of a database of an earlier schema; `versions.bring_up` runs it."""
