"""A service with Pasqal Cloud's API that runs its jobs on this machine. Start it with `python -m pasqal_cloud.local`.

    http        requests, checked against the API's description, and answers; `control` and `page` are its own
      rules     who may do what, and what is refused
        store   the database (SQLite), which is the queue as well
      scheduler takes jobs from it, has them run, stores how they end · webhooks: tells others of that
      emulation checks and runs sequences in warm, killable worker processes, the only ones that load Pulser
    scripting   time, faults and outcomes, as tests want them: every request passes it, and the scheduler asks it

`__main__` is the command, with `arguments`, `credentials`, `database` and `announcement`; `assembly` puts the parts
together, as `options` say. `devices` and `specs` say what can be run on what; `tasks` and `work` are what scheduler and
emulation know of one another. Clients know the service by its URL alone, and it knows none of them.
"""
