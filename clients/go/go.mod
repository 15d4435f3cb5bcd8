module example.com/run-sequence

go 1.23
