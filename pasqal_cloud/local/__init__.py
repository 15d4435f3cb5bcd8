"""A service with Pasqal Cloud's API that runs its jobs on this machine. Start it with `python -m pasqal_cloud.local`.

    HTTP ── app ── operations ── service ── store      the rules; the database, which is the queue
             │                      │          ▲
          contract                checker  scheduler   takes jobs, stores how they end
                                    │          │
                                    └─ runner ─┘       warm worker processes, each killable
                                         │
                                       engine          Pulser and QuTiP; loaded in the workers only

Every request passes `interception` first, which records it and lets go wrong what is set to: `script` holds what can be
set (faults, outcomes of jobs, the clock), and `control` offers that to whoever tests a client.

Beside the scheduler, `webhooks` calls those of jobs that have ended, as the store remembers them.

`assembly` puts these together, `options` says what can be adjusted. `states`, `devices`, `tasks`, `signing`,
`refusals` and `views` are plain: data and pure functions. Clients know the service by its URL alone, and it knows none
of them.
"""
