"""The binlog as a thing that rotates, is purged, is reset, moves to another server, and is read by others."""

import shutil

from lib.events import events, first_run
from lib.files import check_folder, check_order, fast_rows
from lib.leat import DONE, OPERATOR
from lib.testing import MYSQL_SERVERS, assert_equal, mysql_servers, own_server, timeout, wait_until

MARIADB = ("mariadb-10.11", "mariadb-11.8")
QUICK = {"first_delay": "100ms", "longest_delay": "300ms"}
VISIBLE = {"commit_every": "50ms", "roll": {"every": "200ms"}}


def ids(context, table="test.a"):
    rows = list(fast_rows(context.lake, table))
    check_order(rows)
    return [row["id"] for row in rows]


def wait_for_ids(context, process, expected, seconds=60):
    wait_until(lambda: ids(context) == expected, seconds, what=lambda: f"{expected}; there is {ids(context)}; leat said:\n{process.stderr[-3000:]}")


def wait_for_reader(context):
    """Until somebody reads the server's log."""
    readers = "select count(*) from information_schema.processlist where command like 'Binlog Dump%'"
    wait_until(lambda: context.server.value(readers) != "0", what="a leat that reads the log")


def refused(leat, *words):
    """leat stops and asks: exit status 3, and a sentence with these words. Again at the next try."""
    for _ in range(2):
        result = leat.run("run", "--until-current").expect(OPERATOR)
        for word in words:
            assert word.lower() in result.stderr.lower(), f"'{word}' is not in:\n{result.stderr}"


# ---- rotation --------------------------------------------------------------------------------------------------


@mysql_servers(*MYSQL_SERVERS)
def test_log_files_end(context):
    leat = first_run(context, "create table a (id int primary key)")
    for number in range(1, 6):
        context.server.sql(f"insert into a values ({number})")
        context.server.end_log_file()
        if number == 3:
            leat.drain()
    leat.drain()
    context.server.end_log_file()
    leat.drain()
    context.server.sql("insert into a values (6)")
    leat.drain()
    assert_equal(ids(context), list(range(1, 7)))


@mysql_servers(*MYSQL_SERVERS)
@own_server
def test_log_files_end_and_servers_restart_under_a_running_leat(context):
    leat = first_run(context, "create table a (id int primary key)", sink=VISIBLE, retry=QUICK)
    process = leat.start()
    expected = []
    for number in range(1, 9):
        context.server.sql(f"insert into a values ({number})")
        expected.append(number)
        if number % 2:
            context.server.end_log_file()
        elif number % 4:
            wait_for_ids(context, process, expected)
        else:
            context.server.restart("fast" if number == 4 else "kill")
    wait_for_ids(context, process, expected)
    process.terminate().expect(DONE)
    leat.drain()
    assert_equal(ids(context), expected)


@mysql_servers(*MYSQL_SERVERS)
def test_purged_logs_that_are_done_with(context):
    """What leat has is not missed."""
    leat = first_run(context, "create table a (id int primary key)")
    context.server.sql("insert into a values (1)")
    leat.drain()
    context.server.purge_logs(context.server.end_log_file())
    context.server.sql("insert into a values (2)")
    leat.drain()
    assert_equal(ids(context), [1, 2])


@mysql_servers(*MYSQL_SERVERS)
def test_purged_logs_that_are_needed(context):
    leat = first_run(context, "create table a (id int primary key)")
    context.server.sql("insert into a values (1)")
    context.server.purge_logs(context.server.end_log_file())
    context.server.sql("insert into a values (2)")
    refused(leat, "purged")
    assert_equal(ids(context), [])


# ---- a log that is not the one it was --------------------------------------------------------------------------


@mysql_servers(*MYSQL_SERVERS)
def test_reset_log(context):
    leat = first_run(context, "create table a (id int primary key)")
    context.server.sql("insert into a values (1), (2)")
    context.server.sql("insert into a values (3)")
    leat.drain()
    context.server.reset_logs()
    refused(leat)
    context.server.sql("insert into a values (4)")
    refused(leat)
    assert_equal(ids(context), [1, 2, 3])


@mysql_servers(*MYSQL_SERVERS)
def test_another_server(context):
    leat = first_run(context, "create table a (id int primary key)")
    context.server.sql("insert into a values (1)")
    leat.drain()
    other = context.new_server("other")
    other.sql("create table a (id int primary key)")
    other.sql(";".join(f"insert into a values ({number})" for number in range(10, 40)))
    leat.configure(context.config(source={"url": other.url()}))
    refused(leat)
    assert_equal(ids(context), [1])
    # And back again, as if nothing had been.
    context.server.sql("insert into a values (2)")
    leat.configure(context.config())
    leat.drain()
    assert_equal(ids(context), [1, 2])


@mysql_servers(*MYSQL_SERVERS)
def test_a_copy_of_a_pipeline_beside_it(context):
    """Both call themselves the same, and the server lets go of the first when the second comes. They must not take
    turns for ever."""
    first = first_run(context, "create table a (id int primary key)", sink=VISIBLE, retry=QUICK)
    copy = context.directory / "copy.db"
    shutil.copyfile(context.state, copy)
    second = context.leat(name="second", state=copy, sink={"path": context.directory / "other", **VISIBLE}, retry=QUICK)
    one = first.start()
    wait_for_reader(context)
    two = second.start()
    wait_until(lambda: not one.running() or not two.running(), 30, what="one of the two to give way")
    ended = two if one.running() else one
    result = ended.wait().expect(OPERATOR)
    assert "server_id" in result.stderr, result.stderr
    rest = one if ended is two else two
    context.server.sql("insert into a values (1)")
    lake = context.lake if rest is one else context.directory / "other"
    wait_until(lambda: [row["id"] for row in fast_rows(lake, "test.a")] == [1], what=lambda: f"the other one to go on; it said:\n{rest.stderr}")
    rest.terminate().expect(DONE)


@mysql_servers(*MARIADB)
def test_two_with_the_same_server_id(context):
    """MariaDB tells replicas apart by their number alone."""
    make = "create table a (id int primary key)"
    first = first_run(context, make, source={"server_id": 4711}, retry=QUICK)
    other = {"source": {"server_id": 4711}, "state": context.directory / "other.db", "sink": {"path": context.directory / "other"}}
    second = context.leat(name="second", **other, retry=QUICK)
    second.drain()
    one = first.start()
    wait_for_reader(context)
    two = second.start()
    wait_until(lambda: not one.running() or not two.running(), 30, what="one of the two to give way")
    result = (two if one.running() else one).wait().expect(OPERATOR)
    assert "server_id" in result.stderr, result.stderr


# ---- failover --------------------------------------------------------------------------------------------------


def replica_of(context, server):
    settings = {"log-slave-updates": "ON"} if server.is_mariadb else {}
    replica = context.new_server("replica", settings=settings, database=False)
    replica.follow(server)
    return replica


def wait_for_rows(server, count):
    def there():
        try:
            return server.value("select count(*) from test.a", database=None) == str(count)
        except AssertionError:
            return False  # not even the table, yet

    wait_until(there, 60, what=f"{count} rows on the replica")


@mysql_servers(*MYSQL_SERVERS)
@own_server
def test_failover_to_a_server_that_has_our_transactions(context):
    context.server.sql("create table a (id int primary key); insert into a values (1)")
    replica = replica_of(context, context.server)
    leat = context.leat(source={"url": context.server.url(others=[replica])}, sink=VISIBLE, retry=QUICK)
    leat.drain()
    context.server.sql("insert into a values (2)")
    process = leat.start()
    wait_for_ids(context, process, [1, 2])
    wait_for_rows(replica, 2)
    context.server.sql("insert into a values (3)")
    wait_for_rows(replica, 3)
    context.server.kill9()
    replica.stop_following()
    replica.sql("insert into a values (4)")
    wait_for_ids(context, process, [1, 2, 3, 4])
    process.terminate().expect(DONE)
    replica.sql("update a set id = 5 where id = 4")
    leat.drain()
    found = [(operation, row["id"]) for operation, row in events(context, "test.a")]
    assert_equal(found, [("r", 1), ("c", 2), ("c", 3), ("c", 4), ("d", 4), ("c", 5)])


@mysql_servers(*MYSQL_SERVERS)
@own_server
def test_failover_to_a_server_that_lacks_our_transactions(context):
    """What we have told and it does not know is for a person to judge."""
    context.server.sql("create table a (id int primary key); insert into a values (1)")
    replica = replica_of(context, context.server)
    wait_for_rows(replica, 1)
    replica.stop_following()
    leat = context.leat(source={"url": context.server.url(others=[replica])}, retry=QUICK)
    leat.drain()
    context.server.sql("insert into a values (2)")
    leat.drain()
    context.server.stop("kill")
    replica.sql("insert into a values (3)")
    retry = {**QUICK, "give_up_after": "3s"}
    leat.configure(context.config(source={"url": context.server.url(others=[replica])}, retry=retry))
    result = leat.run("run", "--until-current")
    assert result.code != DONE, result.stderr
    assert_equal(ids(context), [1, 2])


@mysql_servers(*MARIADB)
def test_domains_of_several_primaries(context):
    """MariaDB counts transactions by domain; one may stand still while another goes on."""
    leat = first_run(context, "create table a (id int primary key)")
    for number in range(1, 10):
        context.server.sql(f"set gtid_domain_id = {number % 3}, server_id = {100 + number}; insert into a values ({number})")
        if number % 2:
            leat.drain()
    context.server.end_log_file()
    leat.drain()
    assert_equal(ids(context), list(range(1, 10)))


@mysql_servers("mysql-9.7")
def test_tags_and_foreign_transactions(context):
    """GTIDs of other servers, with tags, with gaps."""
    leat = first_run(context, "create table a (id int primary key)")
    other = "11111111-2222-3333-4444-555555555555"
    numbers = [f"{other}:7", f"{other}:9", "automatic:tag_a", "automatic:tag_b", "automatic", f"{other}:8", f"{other}:tag_a:3"]
    for number, gtid in enumerate(numbers):
        context.server.sql(f"set gtid_next = '{gtid}'; insert into a values ({number}); set gtid_next = 'automatic'")
        if number % 2:
            leat.drain()
    leat.drain()
    assert_equal(ids(context), list(range(len(numbers))))


@mysql_servers("mysql-9.7")
@own_server
def test_without_gtids(context):
    """By file and offset, over files' ends and restarts."""
    context.new_server(settings={"gtid-mode": "OFF", "enforce-gtid-consistency": "OFF"})
    leat = first_run(context, "create table a (id int primary key); insert into a values (1)", sink=VISIBLE, retry=QUICK)
    for number in range(2, 6):
        context.server.sql(f"insert into a values ({number})")
        if number % 2:
            context.server.end_log_file()
            leat.drain()
    process = leat.start()
    context.server.restart()
    context.server.sql("insert into a values (6)")
    wait_for_ids(context, process, [1, 2, 3, 4, 5, 6])
    process.terminate().expect(DONE)
    # Without numbers nothing but having read a file to its end tells that no more was in it.
    newest = context.server.end_log_file()
    leat.drain()
    context.server.purge_logs(newest)
    context.server.sql("insert into a values (7)")
    leat.drain()
    assert_equal(ids(context), [1, 2, 3, 4, 5, 6, 7])
    context.server.sql("insert into a values (8)")
    context.server.purge_logs(context.server.end_log_file())
    refused(leat, "purged")


@mysql_servers("mysql-9.7")
@own_server
def test_gtids_that_were_off_for_a_while(context):
    """A dump by GTIDs passes over what was written without: that is found before, and leat stops."""
    leat = first_run(context, "create table a (id int primary key)")
    context.server.sql("insert into a values (1)")
    leat.drain()
    for mode in ("ON_PERMISSIVE", "OFF_PERMISSIVE", "ON_PERMISSIVE", "ON"):
        context.server.sql(f"set global gtid_mode = {mode}")
    context.server.sql("insert into a values (2)")
    leat.drain()
    assert_equal(ids(context), [1, 2])
    for mode in ("ON_PERMISSIVE", "OFF_PERMISSIVE"):
        context.server.sql(f"set global gtid_mode = {mode}")
    context.server.sql("insert into a values (3)")
    for mode in ("ON_PERMISSIVE", "ON"):
        context.server.sql(f"set global gtid_mode = {mode}")
    context.server.sql("insert into a values (4)")
    refused(leat, "without GTIDs")


# ---- rows that the log does not have ---------------------------------------------------------------------------


@mysql_servers(*MYSQL_SERVERS)
def test_statements_in_place_of_rows(context):
    """Of a captured table they cannot be followed: leat stops and says which. Of another they are nothing to us."""
    leat = first_run(context, "create table a (id int primary key, v int); create table other (id int primary key)", source={"tables": ["test.a"]})
    context.server.sql("set binlog_format = 'STATEMENT'; insert into other values (1); set binlog_format = 'ROW'; insert into a values (1, 1)")
    leat.drain()
    assert_equal(ids(context), [1])
    context.server.sql("set binlog_format = 'STATEMENT'; update a set v = 2")
    refused(leat, "test.a", "statement")
    assert_equal(check_folder(context.lake), {"test.a": 1})


@mysql_servers(*MYSQL_SERVERS)
@own_server
def test_settings_that_keep_rows_out_of_the_log(context):
    """leat check says which, and with what statement to mend it."""
    context.new_server(settings={"binlog-format": "STATEMENT", "binlog-row-image": "MINIMAL"})
    leat = context.leat()
    context.server.sql("create table a (id int primary key)")
    result = leat.run("check")
    assert result.code != DONE, result.stdout
    said = result.stdout + result.stderr
    assert "binlog_format" in said and "binlog_row_image" in said, said


@mysql_servers(*MYSQL_SERVERS)
@own_server
def test_server_without_a_log(context):
    context.new_server(settings={"skip-log-bin": None})
    context.server.sql("create table a (id int primary key)")
    leat = context.leat()
    for command in ("check", "run"):
        result = leat.run(command)
        assert result.code != DONE, result.stdout
        assert "log_bin" in result.stdout + result.stderr or "log-bin" in result.stdout + result.stderr, result.stdout + result.stderr


@mysql_servers(*MYSQL_SERVERS)
def test_check_of_a_server_that_is_fine(context):
    context.server.sql("create table a (id int primary key)")
    context.leat().run("check").expect(DONE)


@mysql_servers("mariadb-10.11", "mysql-9.7")
@timeout(200)
def test_idle_server_beside_a_busy_table(context):
    """What is not captured moves the position too: old logs can go while nothing of ours is in the new ones."""
    leat = first_run(context, "create table a (id int primary key); create table noise (id int, t text)", source={"tables": ["test.a"]})
    context.server.sql(f"insert into noise select g, repeat('x', 1000) from {context.server.series(1, 20000)}")
    leat.drain()
    context.server.purge_logs(context.server.end_log_file())
    context.server.sql("insert into a values (1)")
    leat.drain()
    assert_equal(ids(context), [1])
