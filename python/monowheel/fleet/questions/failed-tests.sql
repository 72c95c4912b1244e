-- Wheels that failed on an interpreter
SELECT name, version, file, python, platform, verdict, why
FROM tests
WHERE verdict NOT IN ('ran', 'nothing')
ORDER BY ALL
