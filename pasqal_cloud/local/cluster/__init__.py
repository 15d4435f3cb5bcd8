"""Running jobs on a Dask cluster, for `--runner dask+tcp://…` and `dask+tls://…`.

In the service, `address` reads the options, `runner` keeps up the connection and hands out jobs, `roster` knows the
workers and what each one does. On each Dask worker, `station` runs the jobs in killable child processes. `versions`
compares the two sides.
"""
