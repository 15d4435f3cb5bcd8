"""A service with Pasqal Cloud's API that runs its jobs on this machine. Start it with `python -m pasqal_cloud.local`.

    http        requests, checked against the API's description, and responses; also `/_local/` and the status page
      rules     who may do what, and which requests are refused
        store   the database (SQLite or PostgreSQL), which is also the queue, in parts: accounts, submissions, lists,
                queue, ends, deliveries, services
      scheduler takes jobs from the queue, runs them and stores how they ended; `webhooks` reports ended jobs,
                `membership` is this service among others that share the database
      emulation checks and runs sequences in worker processes, the only ones that load Pulser
      cluster   has them run by worker processes on the machines of a Dask cluster, in the same way
    scripting   time, faults and outcomes for tests: every request passes through it, and the scheduler asks it

Modules beside these rooms, by what they are for:

    the command        `__main__`; `arguments` are its options and exit statuses, `credentials` the password,
                       `encryption` whether others may connect, `database` where the data is, `announcement` what it
                       prints
    other commands     `administration` changes users, projects and limits, also beside a running service
    what is served     `options` are the settings, `devices` and `specs` say what runs on which device, `assembly`
                       creates the parts
    watching it        `logs` writes the log, `metrics` counts what happens, `readiness` says whether it can take work
    keeping old data   `archiving` moves batches from the database to files
    what rooms share   `states` are the statuses of batches and jobs, `documents` the results as they are stored,
                       `tasks` and `work` the interface between rules, scheduler and emulation, `names` the hints at
                       misspelled names

Clients know the service only by its URL, and the service knows nothing about them.
"""
