-- Projects that use a symbol of Python, and in how many wheels (VALUE: PyType_FromSpec)
SELECT name, count(DISTINCT version) AS releases, count(DISTINCT sha256) AS wheels, any_value(added) AS stable_since
FROM symbols WHERE symbol = $value GROUP BY name ORDER BY wheels DESC, name
