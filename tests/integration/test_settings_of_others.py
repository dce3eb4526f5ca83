"""Settings of others, which must not change what lands in the files."""

from lib.files import data_files, read_rows
from lib.testing import assert_equal, own_server, postgres_majors

# 2024-10-06T00:45:00Z, half an hour into Lord Howe's half hour of summer time; microseconds from 1970 on.
MOMENT = 1728175500000000
LOCAL = 1728181800000000  # 2024-10-06T02:30:00 taken as it stands

HOSTILE_ROLE = """
alter role postgres set timezone = 'America/New_York';
alter role postgres set datestyle = 'SQL, DMY';
alter role postgres set intervalstyle = 'sql_standard';
alter role postgres set bytea_output = 'escape';
alter role postgres set extra_float_digits = -5;
alter role postgres set client_encoding = 'latin1';
alter role postgres set search_path = 'nowhere';
alter role postgres set lock_timeout = '1ms';
alter role postgres set idle_in_transaction_session_timeout = '10ms';
alter role postgres set statement_timeout = '1ms';
alter role postgres set default_transaction_read_only = on;
"""

HOSTILE_ENVIRONMENT = {
    "TZ": "Asia/Kathmandu",
    "PGTZ": "Asia/Tokyo",
    "PGDATESTYLE": "German",
    "PGOPTIONS": "-c intervalstyle=postgres_verbose -c timezone=Asia/Kolkata",
    "PGCLIENTENCODING": "latin1",
    "LC_ALL": "tr_TR.UTF-8",
}

INSERT = """insert into public.a values ({id}, '2024-10-06 11:45:00+11', '2024-10-06 02:30:00', '2024-10-06',
    '1 mon -2 days 03:00:00', '\\x00ff', 0.1, 'ü')"""

EXPECTED = {
    "t": MOMENT,
    "l": LOCAL,
    "d": 20002,
    "b": b"\x00\xff",
    "f": 0.1,
    "v": "ü",
}


@postgres_majors(14, 15, 18)
@own_server
def test_values_do_not_depend_on_anybodys_settings(context):
    server = context.new_server(settings={"timezone": "Australia/Lord_Howe", "datestyle": "SQL, DMY"})
    server.sql(
        """create table a (id int primary key, t timestamptz, l timestamp, d date, i interval, b bytea,
           f double precision, v text)"""
        + ";" + INSERT.format(id=1) + ";" + HOSTILE_ROLE
    )
    leat = context.leat()
    leat.drain(environment=HOSTILE_ENVIRONMENT)
    server.sql("set default_transaction_read_only = off; set statement_timeout = 0; " + INSERT.format(id=2))
    leat.drain(environment=HOSTILE_ENVIRONMENT)
    first, second = read_rows(context.lake, "public.a")
    assert_equal([first["__op"], second["__op"]], ["r", "c"])
    assert_equal({name: first[name] for name in EXPECTED}, EXPECTED, "of the snapshot")
    assert_equal({name: second[name] for name in EXPECTED}, EXPECTED, "of the stream")
    assert_equal(first["i"], second["i"], "interval")


@own_server
def test_dt_is_the_day_of_the_commit_in_utc(context):
    """Whatever day it is where the server or leat stands: Kiritimati is 14 hours ahead, Pago Pago 11 behind."""
    context.new_server(settings={"timezone": "Pacific/Kiritimati"})
    context.server.sql("create table a (id int primary key)")
    leat = context.leat()
    leat.drain(environment={"TZ": "Pacific/Kiritimati"})
    days = []
    for number, zone in enumerate(("Pacific/Kiritimati", "Pacific/Pago_Pago")):
        days.append(context.server.value("select (now() at time zone 'utc')::date"))
        context.server.sql(f"insert into a values ({number})")
        leat.drain(environment={"TZ": zone})
    found = [path.parent.name for path in data_files(context.lake, "public.a")]
    assert_equal(found, [f"dt={day}" for day in days])
