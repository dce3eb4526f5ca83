"""Every type of every source, by snapshot and by stream."""

import types_of_mysql
import types_of_postgres
from types_engine import check_every_type

from lib.testing import MYSQL_SERVERS, POSTGRES_MAJORS, every_version, mysql_servers, own_server, postgres_majors, timeout


@every_version
@postgres_majors(*POSTGRES_MAJORS)
def test_every_type_of_postgres(context):
    types_of_postgres.disturb(context.server)
    check_every_type(context, types_of_postgres.Postgres(), types_of_postgres.available_cases(context.server))


@every_version
@mysql_servers(*MYSQL_SERVERS)
@timeout(300)
@own_server
def test_every_type_of_mysql(context):
    # The server's time zone must not show in what we read.
    server = context.new_server(settings={"default-time-zone": "-05:00"})
    check_every_type(context, types_of_mysql.Mysql(), types_of_mysql.available_cases(server))


@mysql_servers("mariadb-10.11", "mysql-9.7")
@timeout(300)
@own_server
def test_every_type_where_the_log_says_least(context):
    """Names, labels and charsets then come from the catalog, and on MariaDB even the signs."""
    metadata = "NO_LOG" if context.version.startswith("mariadb") else "MINIMAL"
    server = context.new_server(settings={"binlog-row-metadata": metadata})
    check_every_type(context, types_of_mysql.Mysql(), types_of_mysql.available_cases(server))
