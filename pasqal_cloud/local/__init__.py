"""A service with Pasqal Cloud's API that runs its jobs on this machine. Start it with `python -m pasqal_cloud.local`.

    http        requests, checked against the API's description, and responses; also `/_local/` and the status page
      rules     who may do what, and which requests are refused
        store   the database (SQLite), which is also the queue
      scheduler takes jobs from the queue, runs them and stores how they ended; `webhooks` reports ended jobs
      emulation checks and runs sequences in worker processes, the only ones that load Pulser
    scripting   time, faults and outcomes for tests: every request passes through it, and the scheduler asks it

`__main__` is the command, with `arguments`, `credentials`, `database` and `announcement`. `assembly` creates the parts
according to `options`. `devices` and `specs` define what runs on which device. `tasks` and `work` are the interface
between scheduler and emulation. Clients know the service only by its URL, and the service knows nothing about them.
"""
