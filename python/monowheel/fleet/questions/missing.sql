-- Releases of which no wheel is for a Python, on any platform (VALUE: 3.15)
SELECT name, version, len(wheels) AS wheels FROM releases
WHERE NOT list_contains(list_transform(coverage, lambda covered: covered.python), $value) ORDER BY name, version
