#include <string.h>
#include <strings.h>

#include "mysql/check/check_internal.h"
#include "mysql/server/settings.h"

/* ---- GTIDs ---- */

/* How many steps of gtid_mode are behind the server. */
static size_t steps_done(const char *mode)
{
    return strcmp(mode, "ON_PERMISSIVE") == 0 ? 2 : strcmp(mode, "OFF_PERMISSIVE") == 0 ? 1 : 0;
}

static void append_gtid_mend(leat_mysql_check_context *check, leat_buffer *mend)
{
    static const char *const steps[][2] = {
        {"enforce_gtid_consistency", "ON"},
        {"gtid_mode", "OFF_PERMISSIVE"},
        {"gtid_mode", "ON_PERMISSIVE"},
        {"gtid_mode", "ON"},
    };
    if (leat_mysql_settings_amazon(&check->settings)) {
        leat_mysql_append_setting(mend, check->server, &check->settings, "gtid-mode", "ON");
        leat_buffer_append_string(mend, ", enforce_gtid_consistency = ON");
        return;
    }
    const char *mode = leat_mysql_setting_text(&check->settings, "gtid_mode");
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (i > 0 && i <= steps_done(mode))
            continue;
        leat_buffer_append_string(mend, i == 0 ? "" : "\n");
        leat_mysql_append_setting(mend, check->server, &check->settings, steps[i][0], steps[i][1]);
    }
}

static void check_mysql_gtid(leat_mysql_check_context *check)
{
    leat_buffer mend = {0};
    if (check->server->gtid) {
        leat_mysql_check_report_fine(check, "gtid", "transactions have GTIDs");
        return;
    }
    append_gtid_mend(check, &mend);
    leat_findings_add(
        check->findings, LEAT_FINDING_WARNING, "gtid", "server", leat_buffer_string(&mend),
        "gtid_mode is %s: positions are a file and an offset of this one server, and the pipeline "
        "cannot go on with another after a failover (each step waits until all servers of the "
        "topology have taken the one before)",
        leat_mysql_setting_text(&check->settings, "gtid_mode"));
    leat_buffer_free(&mend);
}

/* On a server that others replicate to or from, a write in the wrong place makes numbers that are not in
 * order; strict mode refuses it. Alone, a server cannot. */
static void check_mariadb_gtid(leat_mysql_check_context *check)
{
    leat_buffer mend = {0};
    if (!check->has_source || leat_mysql_setting_on(&check->settings, "gtid_strict_mode")) {
        leat_mysql_check_report_fine(check, "gtid", "transactions have GTIDs");
        return;
    }
    leat_mysql_append_setting(&mend, check->server, &check->settings, "gtid_strict_mode", "ON");
    leat_findings_add(
        check->findings, LEAT_FINDING_WARNING, "gtid", "server", leat_buffer_string(&mend),
        "gtid_strict_mode is OFF on a server that is a replica: a write made here by mistake gets "
        "a GTID that its source has for another one, and nothing can tell them apart");
    leat_buffer_free(&mend);
}

/* ---- A replica as our source ---- */

static bool logs_what_it_replicates(const leat_mysql_check_context *check)
{
    return leat_mysql_setting_on(&check->settings, "log_replica_updates") ||
           leat_mysql_setting_on(&check->settings, "log_slave_updates");
}

static void append_updates_mend(leat_mysql_check_context *check, leat_buffer *mend)
{
    bool new_name = leat_mysql_setting_text(&check->settings, "log_replica_updates")[0] != '\0';
    leat_mysql_append_static_setting(mend, &check->settings,
                                     new_name ? "log_replica_updates" : "log_slave_updates", "ON");
}

static void check_updates(leat_mysql_check_context *check)
{
    leat_buffer mend = {0};
    if (logs_what_it_replicates(check) || (check->source_known && !check->has_source))
        return;
    append_updates_mend(check, &mend);
    if (check->source_known)
        leat_findings_add(
            check->findings, LEAT_FINDING_ERROR, "log_replica_updates", "server", leat_buffer_string(&mend),
            "this server is a replica that does not log what it replicates: its log has nothing of "
            "the changes made on its source; let it log them, or point source.url at the source");
    else
        leat_findings_add(
            check->findings, LEAT_FINDING_WARNING, "log_replica_updates", "server", leat_buffer_string(&mend),
            "this server does not log what it replicates, and the account may not see whether it "
            "is a replica; if it is, its log has nothing of the changes made on its source");
    leat_buffer_free(&mend);
}

static void check_source(leat_mysql_check_context *check)
{
    if (check->has_source && check->server->gtid)
        leat_mysql_check_report_fine(
            check, "replica",
            "this server is a replica: changes come when it has them; by GTID the pipeline "
            "can go on with its source or another replica at any time");
    else if (check->has_source)
        leat_findings_add(
            check->findings, LEAT_FINDING_WARNING, "replica", "server", NULL,
            "this server is a replica without GTIDs: changes come when it has them, and when it "
            "is rebuilt or takes its source's place, a new snapshot is needed");
}

/* ---- Our number ---- */

static void report_taken(leat_mysql_check_context *check, const leat_mysql_connected_replica *replica)
{
    leat_findings_add(check->findings, LEAT_FINDING_WARNING, "replica_id", "source.server_id",
                      "set source.server_id to a number that no server and no other replica has",
                      "a replica%s%s with server_id %lld is connected: if it is not this pipeline itself, "
                      "running, each of the two ends the other's connection",
                      replica->host[0] == '\0' ? "" : " on ", replica->host, (long long)replica->server_id);
}

static void check_our_number(leat_mysql_check_context *check)
{
    uint32_t ours = leat_mysql_settings_server_id(check->options);
    if (ours == 0)
        return;
    if (ours == leat_mysql_setting_number(&check->settings, "server_id", 0)) {
        leat_findings_add(
            check->findings, LEAT_FINDING_ERROR, "replica_id", "source.server_id",
            "set source.server_id to a number that no server and no other replica has",
            "source.server_id is %lu, which is the server's own: it gives such a replica no log",
            (unsigned long)ours);
        return;
    }
    for (size_t i = 0; i < check->replica_count; i++)
        if (check->replicas[i].server_id == ours) {
            report_taken(check, &check->replicas[i]);
            return;
        }
}

void leat_mysql_check_replication(leat_mysql_check_context *check)
{
    if (!leat_mysql_setting_on(&check->settings, "log_bin"))
        return;
    if (check->server->mariadb)
        check_mariadb_gtid(check);
    else
        check_mysql_gtid(check);
    check_updates(check);
    check_source(check);
    check_our_number(check);
}
