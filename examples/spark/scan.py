#!/usr/bin/env python3
"""Scans domains with Spark and writes the rows of `mailcheck scan` as Parquet.

    spark-submit scan.py domains.txt rows.parquet --resolver 127.0.0.1:5353
    spark-submit scan.py --table registry.domains rows.parquet --partitions 400 --profile verdict

Each partition goes through one `mailcheck scan -`. What is lost with an executor is repeated by Spark, and
each line of the list still has one row. A partition for which no DNS server replied fails (exit code 3)
and is tried again as Spark is configured (spark.task.maxFailures).

A table has a column `domain`, and perhaps `ip`, `mail_from` and `helo`. Flags that are unknown here go to
mailcheck. The program has to be on the PATH of the executors, or named by --binary.
"""
import argparse
import itertools
import shlex

from pyspark.sql import SparkSession
from pyspark.sql.types import (
    ArrayType,
    BooleanType,
    LongType,
    StringType,
    StructField,
    StructType,
)

COLUMNS = ["domain", "ip", "mail_from", "helo"]


def struct(**members):
    return StructType([StructField(name, kind) for name, kind in members.items()])


TEXT, TEXTS = StringType(), ArrayType(StringType())

# What `mailcheck schema scan` says. `line` is left out: it counts within a partition.
ROW = struct(
    schema=TEXT,
    version=TEXT,
    started=TEXT,
    domain=TEXT,
    result=TEXT,
    error=TEXT,
    headline=TEXT,
    sender=struct(ip=TEXT, answer=TEXT, spf=TEXT),
    mx=struct(status=TEXT, hosts=TEXTS, provider=TEXT, null_mx=BooleanType()),
    spf=struct(
        status=TEXT,
        record=TEXT,
        default=TEXT,
        lookups=LongType(),
        voids=LongType(),
        ipv4_addresses=LongType(),
        providers=TEXTS,
    ),
    dkim=struct(status=TEXT, selectors=TEXTS),
    dmarc=struct(
        status=TEXT,
        policy=TEXT,
        subdomain_policy=TEXT,
        found_at=TEXT,
        testing=BooleanType(),
    ),
    findings=ArrayType(struct(rule=TEXT, severity=TEXT)),
    unknown=TEXTS,
)


def lines(spark, source, is_table, partitions):
    """The list as lines below a header for each partition."""
    if not is_table:
        return spark.sparkContext.textFile(source, partitions)
    table = spark.read.table(source)
    columns = [column for column in COLUMNS if column in table.columns]
    if "domain" not in columns:
        raise SystemExit(f"{source} has no column domain")

    def written(part):
        return itertools.chain(["\t".join(columns)], ("\t".join(cell or "" for cell in row) for row in part))

    return table.select(*columns).repartition(partitions).rdd.mapPartitions(written)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", help="a file with one domain a line, or the name of a table")
    parser.add_argument("output", help="where the Parquet files go")
    parser.add_argument("--table", action="store_true", help="the source is a table")
    parser.add_argument("--partitions", type=int, default=16, help="parts that are scanned one by one [16]")
    parser.add_argument("--binary", default="mailcheck", help="the program, as executors find it")
    asked, flags = parser.parse_known_args()
    spark = SparkSession.builder.appName("mailcheck scan").getOrCreate()
    command = shlex.join([asked.binary, "scan", "-", *flags])
    # A list is no header: Spark cuts a file anywhere between two lines.
    rows = lines(spark, asked.source, asked.table, asked.partitions).pipe(command, checkCode=True)
    spark.read.schema(ROW).json(rows).write.mode("errorifexists").parquet(asked.output)
    spark.stop()


if __name__ == "__main__":
    main()
