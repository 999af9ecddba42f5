-- The rows of `mailcheck scan`, typed. Every query of this folder begins with it:
--     duckdb -c ".read rows.sql" -c ".read top-includes.sql"
-- rows.jsonl is what `mailcheck scan domains.txt -o rows.jsonl` wrote.
CREATE OR REPLACE VIEW rows AS
SELECT * FROM read_json(
    'rows.jsonl',
    format = 'newline_delimited',
    columns = {
        line: 'UBIGINT',
        domain: 'VARCHAR',
        result: 'VARCHAR',
        error: 'VARCHAR',
        headline: 'VARCHAR',
        sender: 'STRUCT(ip VARCHAR, answer VARCHAR, spf VARCHAR)',
        mx: 'STRUCT(status VARCHAR, hosts VARCHAR[], provider VARCHAR, null_mx BOOLEAN)',
        spf: 'STRUCT(status VARCHAR, record VARCHAR, "default" VARCHAR, lookups USMALLINT, voids USMALLINT, ipv4_addresses UBIGINT, providers VARCHAR[])',
        dmarc: 'STRUCT(status VARCHAR, policy VARCHAR, subdomain_policy VARCHAR, found_at VARCHAR, testing BOOLEAN)',
        findings: 'STRUCT(rule VARCHAR, severity VARCHAR)[]',
        unknown: 'VARCHAR[]'
    }
)
WHERE error IS NULL;
