"""An index on this machine that takes a release as PyPI would, so that it can be rehearsed.

``monowheel publish --rehearse`` starts it. pypiserver serves the files; what is here is what it has not: a CI that
tells its runs who they are, the exchange of that for an upload token, the rules of an upload, and faults on demand.

It listens on the loopback address alone, believes only the identities that it made itself, and keeps its files in a
folder that goes with the rehearsal. The attestations are signed with a key that is thrown away: their form, their
digests and their signatures are checked as an index checks them; Sigstore is not asked.
"""
