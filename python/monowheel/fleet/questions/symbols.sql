-- Symbols of Python by the number of projects that use them; those outside the stable ABI have no version
SELECT symbol, any_value(added) AS stable_since, count(DISTINCT name) AS projects, count(DISTINCT sha256) AS wheels
FROM symbols GROUP BY symbol ORDER BY projects DESC, wheels DESC, symbol
