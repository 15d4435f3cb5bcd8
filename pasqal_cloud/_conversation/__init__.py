"""Conversations with the services. A module imports only what is further down.

ovh                                the operations that stand for others where OVH's users send their requests
submitting                         what spends money is sent once, and searched for where its outcome is unknown
batches · devices · downloads · waiting    what the handles and the SDK ask for · results · until it is settled
paging                             lists, page by page
session                            every request: token, sending, one renewal after a 401, retries, parsing
clients · tokens                   the httpx clients and their end · token providers, one login for all who wait
transport                          proxies, certificates
responses                          what is no success becomes an error
retry · traffic · ledger           when to try again · the log · what this process has submitted
snapshots                          reading the generated objects inside the handles
operation                          a flow as a method, an attribute or an iterator
flow · forks                       effects and their two drivers · what a forked child must not share
"""
