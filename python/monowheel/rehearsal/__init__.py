"""A local index that accepts a release as PyPI would, to rehearse it.

``monowheel publish --rehearse`` starts it. pypiserver serves the files; this package adds the rest: a CI that issues
OIDC identities to its runs, their exchange for an upload token, the checks of an upload, and injected faults.

It listens on the loopback address only, accepts only the identities that it issued itself, and keeps its files in a
directory that is deleted after the rehearsal. The attestations are signed with a throwaway key: their format, digests
and signatures are checked as an index checks them; Sigstore is not used.
"""
