-- Wheels that are not what their source gives, or could not be verified
SELECT name, version, file, verdict, why
FROM verifications
WHERE verdict <> 'identical'
ORDER BY ALL
