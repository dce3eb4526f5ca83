"""Encrypted connections, verified to the host's name."""

from lib.files import check_folder, fast_rows
from lib.testing import assert_equal, own_server, postgres_majors


@postgres_majors(15, 18)
@own_server
def test_snapshot_and_stream_over_tls(context):
    """Rows of all sizes: those that fill a TLS record, and those that end in the middle of one."""
    server = context.server
    certificate = server.enable_tls()
    server.sql(
        """create table a (id int primary key, v text);
           insert into a select g, repeat('x', (g * 37) % 9000) from generate_series(1, 20000) g"""
    )
    leat = context.leat(source={"url": server.url(sslmode="verify-full", sslrootcert=str(certificate))})
    leat.drain()
    server.sql("insert into a select g, repeat('y', (g * 41) % 9000) from generate_series(20001, 40000) g")
    leat.drain()
    assert_equal(check_folder(context.lake), {"public.a": 40000})
    lengths = {row["id"]: len(row["v"]) for row in fast_rows(context.lake, "public.a")}
    assert_equal(lengths, {g: (g * (37 if g <= 20000 else 41)) % 9000 for g in range(1, 40001)})


@own_server
def test_certificate_of_nobody_we_know(context):
    server = context.server
    server.enable_tls()
    server.sql("create table a (id int primary key)")
    (context.directory / "other.crt").write_text("")
    url = server.url(sslmode="verify-full", sslrootcert=str(context.directory / "other.crt"))
    retry = {"first_delay": "50ms", "longest_delay": "100ms", "give_up_after": "1s"}
    result = context.leat(source={"url": url}, retry=retry).run()
    assert result.code != 0, result.stderr
    assert "certificate" in result.stderr or "SSL" in result.stderr, result.stderr
