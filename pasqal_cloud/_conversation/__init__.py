"""Requests to the services, and what becomes of them. A module imports only modules further down.

ovh                                the operations that replace others for OVH's users
submitting                         requests that spend money: sent once, and searched for if the outcome is unknown
sent                               what was sent, how to recognise what it created, and where to look for it
batches · devices · downloads · waiting    the requests of handles and SDK · results · polling until settled
unread                             the jobs of lists, as JSON until a field is read
paging                             lists, page by page
session                            every request: token, sending, one renewal after a 401, retries, parsing
clients · tokens                   the httpx clients and their end · token providers, and a login that threads share
transport                          proxies and certificates
responses                          errors from failed requests, checks of the others, the service's time
retry · traffic · ledger · pool · blocking_pool    when to retry · the log · what this process has submitted · the
                                                   connections of awaiting clients · those of blocking ones
streams                            the network connections of awaiting clients
snapshots · deadlines              reading the generated objects inside the handles · the end of blocking requests
ahead · operation · places         flows that run ahead of their reader · a flow as a method, an attribute or an
                                   iterator · how many requests are under way
flow · forks                       effects and their two drivers · what a forked child must not share
"""
