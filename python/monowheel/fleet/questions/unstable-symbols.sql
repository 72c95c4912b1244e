-- Symbols outside the stable ABI that wheels for it use, and the projects
SELECT symbol, count(DISTINCT symbols.name) AS projects, string_agg(DISTINCT symbols.name, ', ' ORDER BY symbols.name) AS which
FROM symbols JOIN wheels USING (file, sha256)
WHERE symbols.added IS NULL AND list_has_any(list_transform(wheels.tags, lambda tag: split_part(tag, '-', 2)), ['abi3', 'abi3t'])
GROUP BY symbol ORDER BY projects DESC, symbol
