# SPDX-License-Identifier: Apache-2.0
"""Makes examples/f1/db/*.parquet from the Ergast-format CSV files of TracingInsights/RaceData (CC0-1.0).

    python examples/f1/build.py [RAW_FOLDER] [OUTPUT_FOLDER]

RAW_FOLDER is `f1/raw` below $CENOTE_DATA (default: ../shared/data from the project's root). Needs the
Python package duckdb. The same input and the same DuckDB give the same bytes: one thread, sorted rows.

The source goes to 2025; rel-f1 was made in summer 2023. So rows after its last race are left out, and
five rows of 1956 that were removed upstream since are put back. Every row count is checked at the end.
"""
import os
import pathlib
import sys

import duckdb

ROOT = pathlib.Path(__file__).resolve().parents[2]
LAST_RACE = "2023-07-30"   # results exist up to here
LAST_SEASON = 2023         # the calendar goes on to the end of this year
LAST_DRIVER, LAST_CONSTRUCTOR = 858, 214

# Removed upstream after 2023; rel-f1 has them. (constructorResultsId, raceId, constructorId, points)
PUT_BACK = ("(14805, 790, 6, 9), (14806, 790, 105, 15), (14807, 790, 128, 0), "
            "(14985, 784, 6, 12), (14986, 784, 105, 13)")

# All values come in as text, `\N` being the source's NULL: to an integer, to a floating-point number.
MACROS = r"""
CREATE MACRO i(x) AS CAST(nullif(x, '\N') AS BIGINT);
CREATE MACRO d(x) AS CAST(nullif(x, '\N') AS DOUBLE);
"""

TABLES = {
    "circuits": r"""
        SELECT i(circuitId) AS circuitId, circuitRef, name, location, country,
               d(lat) AS lat, d(lng) AS lng, d(alt) AS alt
        FROM raw_circuits ORDER BY 1""",
    "constructors": f"""
        SELECT i(constructorId) AS constructorId, constructorRef, name, nationality
        FROM raw_constructors WHERE i(constructorId) <= {LAST_CONSTRUCTOR} ORDER BY 1""",
    # `code` keeps the text \N where there is none: rel-f1 has it so.
    "drivers": f"""
        SELECT i(driverId) AS driverId, driverRef, code, forename, surname,
               CAST(dob AS TIMESTAMP) AS dob, nationality
        FROM raw_drivers WHERE i(driverId) <= {LAST_DRIVER} ORDER BY 1""",
    "races": f"""
        SELECT raceId, year, round, circuitId, name, date, time FROM race
        WHERE year <= {LAST_SEASON} ORDER BY date, raceId""",
    "results": """
        SELECT i(resultId) AS resultId, held.raceId, i(driverId) AS driverId,
               i(constructorId) AS constructorId, i(number) AS number, i(grid) AS grid, i(position) AS position,
               i(positionOrder) AS positionOrder, d(points) AS points, i(laps) AS laps,
               i(milliseconds) AS milliseconds, i(fastestLap) AS fastestLap, i(rank) AS rank,
               i(statusId) AS statusId, date
        FROM raw_results JOIN held ON i(raw_results.raceId) = held.raceId ORDER BY date, resultId""",
    "standings": """
        SELECT i(driverStandingsId) AS driverStandingsId, held.raceId, i(driverId) AS driverId,
               d(points) AS points, i(position) AS position, i(wins) AS wins, date
        FROM raw_driver_standings s JOIN held ON i(s.raceId) = held.raceId
        ORDER BY date, driverStandingsId""",
    "constructor_results": f"""
        SELECT r.constructorResultsId, held.raceId, r.constructorId, r.points, date
        FROM (SELECT i(constructorResultsId) AS constructorResultsId, i(raceId) AS race,
                     i(constructorId) AS constructorId, d(points) AS points
              FROM raw_constructor_results
              UNION ALL VALUES {PUT_BACK}) r
        JOIN held ON r.race = held.raceId ORDER BY date, constructorResultsId""",
    "constructor_standings": """
        SELECT i(constructorStandingsId) AS constructorStandingsId, held.raceId,
               i(constructorId) AS constructorId, d(points) AS points, i(position) AS position,
               i(wins) AS wins, date
        FROM raw_constructor_standings s JOIN held ON i(s.raceId) = held.raceId
        ORDER BY date, constructorStandingsId""",
    # Qualifying is held the day before the race.
    "qualifying": """
        SELECT i(qualifyId) AS qualifyId, held.raceId, i(driverId) AS driverId,
               i(constructorId) AS constructorId, i(number) AS number, i(position) AS position,
               date - INTERVAL 1 DAY AS date
        FROM raw_qualifying q JOIN held ON i(q.raceId) = held.raceId ORDER BY 7, qualifyId""",
}

# Rows in all, and rows up to 2010-01-01 (tables with a time).
EXPECTED = {
    "circuits": (77, 77), "constructors": (211, 211), "drivers": (857, 857), "races": (1101, 820),
    "results": (26080, 20323), "standings": (34124, 28115), "constructor_results": (12290, 9408),
    "constructor_standings": (13051, 10170), "qualifying": (9815, 4082),
}


def build(raw: pathlib.Path, output: pathlib.Path) -> None:
    connection = duckdb.connect(config={"threads": 1})
    connection.execute(MACROS)
    names = [n for n in TABLES if n != "standings"] + ["driver_standings"]
    for name in names:
        # null_padding: the rows of 2025 in races.csv end after `url`.
        connection.execute(
            f"CREATE TABLE raw_{name} AS SELECT * FROM read_csv('{raw / name}.csv', header = true, "
            "delim = ',', quote = '\"', escape = '\"', all_varchar = true, null_padding = true)")
    connection.execute(rf"""
        CREATE TABLE race AS
        SELECT i(raceId) AS raceId, i(year) AS year, i(round) AS round, i(circuitId) AS circuitId, name,
               CAST(date || ' ' || coalesce(nullif(time, '\N'), '00:00:00') AS TIMESTAMP) AS date,
               coalesce(nullif(time, '\N'), '00:00:00') AS time
        FROM raw_races""")
    # Races that have been held: what happened at later ones is left out.
    connection.execute(f"""
        CREATE TABLE held AS
        SELECT raceId, date FROM race WHERE CAST(date AS DATE) <= DATE '{LAST_RACE}'""")
    output.mkdir(parents=True, exist_ok=True)
    total = 0
    for name, select in TABLES.items():
        connection.execute(f"CREATE TABLE {name} AS {select}")
        connection.execute(
            f"COPY (SELECT * FROM {name}) TO '{output / name}.parquet' "
            "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 19)")
        timed = any(c[0] == "date" for c in connection.execute(f"DESCRIBE {name}").fetchall())
        until = "date <= TIMESTAMP '2010-01-01'" if timed else "true"
        rows = connection.execute(f"SELECT count(*), count(*) FILTER ({until}) FROM {name}").fetchone()
        if rows != EXPECTED[name]:
            sys.exit(f"{name}: {rows} rows (in all, up to 2010), expected {EXPECTED[name]}")
        total += rows[1]
        print(f"{name}: {rows[0]} rows, {rows[1]} up to 2010")
    if total != 74063:
        sys.exit(f"{total} rows up to 2010, expected 74063")


if __name__ == "__main__":
    data = pathlib.Path(os.environ.get("CENOTE_DATA", ROOT.parent / "shared" / "data"))
    arguments = [pathlib.Path(a) for a in sys.argv[1:]]
    build(arguments[0] if arguments else data / "f1" / "raw",
          arguments[1] if len(arguments) > 1 else pathlib.Path(__file__).parent / "db")
