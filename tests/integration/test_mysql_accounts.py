"""Who may read the log, and over what kind of connection."""

from lib.files import check_folder, fast_rows
from lib.leat import DONE, OPERATOR
from lib.testing import MYSQL_SERVERS, assert_equal, mysql_servers, own_server

PASSWORD = "p@ss:w/ör d%"
RETRY = {"first_delay": "50ms", "longest_delay": "100ms", "give_up_after": "1s"}


def make_account(server, *rights, require=""):
    server.sql(f"create user leat identified by '{PASSWORD}' {require}")
    for right in rights:
        server.sql(f"grant {right} to leat")


@mysql_servers(*MYSQL_SERVERS)
def test_account_with_the_rights_it_needs_and_a_password(context):
    """No right to lock, none to change anything."""
    server = context.server
    server.sql("create table a (id int primary key); insert into a values (1)")
    make_account(server, "select on test.*", "replication slave, replication client on *.*")
    leat = context.leat(source={"url": server.url(user="leat", password=PASSWORD)})
    leat.drain()
    server.sql("insert into a values (2)")
    leat.drain()
    assert_equal(check_folder(context.lake), {"test.a": 2})
    for process in leat.processes:
        assert "p%40ss" not in process.stderr and PASSWORD not in process.stderr, "a password in the log"


@mysql_servers(*MYSQL_SERVERS)
def test_account_that_may_not_read_the_log(context):
    server = context.server
    server.sql("create table a (id int primary key)")
    make_account(server, "select on test.*")
    leat = context.leat(source={"url": server.url(user="leat", password=PASSWORD)}, retry=RETRY)
    for command in ("check", "run"):
        result = leat.run(command)
        assert result.code != DONE, result.stdout
        assert "replication" in (result.stdout + result.stderr).lower(), result.stdout + result.stderr


@mysql_servers(*MYSQL_SERVERS)
def test_wrong_password(context):
    server = context.server
    server.sql("create table a (id int primary key)")
    make_account(server, "all on *.*")
    result = context.leat(source={"url": server.url(user="leat", password="wrong-secret")}, retry=RETRY).run().expect(OPERATOR)
    assert "leat" in result.stderr and "wrong-secret" not in result.stderr, result.stderr


@mysql_servers(*MYSQL_SERVERS)
def test_password_without_encryption(context):
    """The first login of MySQL's usual kind needs the server's public key, the second one is remembered."""
    server = context.server
    server.sql("create table a (id int primary key); insert into a values (1)")
    make_account(server, "all on *.*")
    leat = context.leat(source={"url": server.url(user="leat", password=PASSWORD, tls="off")})
    leat.drain()
    leat.drain()
    assert_equal(check_folder(context.lake), {"test.a": 1})


@mysql_servers(*MYSQL_SERVERS)
@own_server
def test_snapshot_and_stream_over_tls(context):
    """Rows of all sizes: those that fill a TLS record, and those that end in the middle of one."""
    server = context.server
    certificate = server.enable_tls()
    server.sql("create table a (id int primary key, v text)")
    server.sql(f"insert into a select g, repeat('x', (g * 37) % 9000) from {server.series(1, 20000)}")
    make_account(server, "all on *.*", require="require ssl")
    leat = context.leat(source={"url": server.url(user="leat", password=PASSWORD, tls="verify", ca=str(certificate))})
    leat.drain()
    server.sql(f"insert into a select g, repeat('y', (g * 41) % 9000) from {server.series(20001, 40000)}")
    leat.drain()
    assert_equal(check_folder(context.lake), {"test.a": 40000})
    lengths = {row["id"]: len(row["v"]) for row in fast_rows(context.lake, "test.a")}
    assert_equal(lengths, {g: (g * (37 if g <= 20000 else 41)) % 9000 for g in range(1, 40001)})


@mysql_servers(*MYSQL_SERVERS)
@own_server
def test_certificate_of_nobody_we_know(context):
    server = context.server
    server.enable_tls()
    server.sql("create table a (id int primary key)")
    (context.directory / "empty.crt").write_text("")
    other = context.new_server("other")
    for ca in (other.enable_tls(), context.directory / "empty.crt", context.directory / "missing.crt"):
        url = server.url(tls="verify", ca=str(ca))
        result = context.leat(source={"url": url}, retry=RETRY).run()
        assert result.code != DONE, f"{ca} was accepted: {result.stderr}"
        assert "certificate" in result.stderr.lower() or "tls" in result.stderr.lower() or "ca=" in result.stderr, result.stderr


@mysql_servers("mariadb-10.11")
def test_server_without_tls(context):
    """Asked for, it is not gone without; only where it is preferred."""
    server = context.server
    server.sql("create table a (id int primary key); insert into a values (1)")
    result = context.leat(source={"url": server.url(tls="required")}, retry=RETRY).run()
    assert result.code != DONE, "an unencrypted connection was taken"
    context.leat(source={"url": server.url(tls="preferred")}).drain()
    assert_equal(check_folder(context.lake), {"test.a": 1})
