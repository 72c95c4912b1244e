-- Wheels for the stable ABI whose import fails on a Python that an installer selects them for (VALUE: 3.15)
SELECT DISTINCT wheels.name, wheels.version, wheels.file, findings.rule, detail
FROM findings JOIN wheels USING (file, sha256), unnest(findings.details) AS each(detail)
WHERE findings.rule IN ('unstable-symbol', 'symbol-missing-from-release') AND findings.severity = 'error'
    AND findings.ignored IS NULL AND names_python(detail, $value)
    AND EXISTS (
        SELECT 1 FROM releases, unnest(releases.coverage) AS entry(covered)
        WHERE releases.name = wheels.name AND releases.version = wheels.version
            AND covered.wheel = wheels.file AND covered.python = $value)
ORDER BY ALL
