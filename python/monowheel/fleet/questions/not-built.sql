-- Wheels that a fleet could not build, with the reason
SELECT name, version, target, abi, verdict, why, log
FROM builds
WHERE verdict NOT IN ('built', 'reused')
ORDER BY ALL
