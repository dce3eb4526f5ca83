#include <string.h>
#include <strings.h>

#include "mysql/check/checkup.h"

/* ---- GTIDs ---- */

/* How many steps of gtid_mode are behind the server. */
static size_t steps_done(const char *mode)
{
    return strcmp(mode, "ON_PERMISSIVE") == 0 ? 2 : strcmp(mode, "OFF_PERMISSIVE") == 0 ? 1 : 0;
}

static void append_gtid_mend(leat_mysql_checkup *checkup, leat_buffer *mend)
{
    static const char *const steps[][2] = {
        {"enforce_gtid_consistency", "ON"},
        {"gtid_mode", "OFF_PERMISSIVE"},
        {"gtid_mode", "ON_PERMISSIVE"},
        {"gtid_mode", "ON"},
    };
    if (leat_mysql_settings_amazon(&checkup->settings)) {
        leat_mysql_append_setting(mend, checkup->server, &checkup->settings, "gtid-mode", "ON");
        leat_buffer_append_string(mend, ", enforce_gtid_consistency = ON");
        return;
    }
    const char *mode = leat_mysql_setting_text(&checkup->settings, "gtid_mode");
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (i > 0 && i <= steps_done(mode))
            continue;
        leat_buffer_append_string(mend, i == 0 ? "" : "\n");
        leat_mysql_append_setting(mend, checkup->server, &checkup->settings, steps[i][0], steps[i][1]);
    }
}

static void check_mysql_gtid(leat_mysql_checkup *checkup)
{
    leat_buffer mend = {0};
    if (checkup->server->gtid) {
        leat_mysql_checkup_fine(checkup, "gtid", "transactions have GTIDs");
        return;
    }
    append_gtid_mend(checkup, &mend);
    leat_findings_add(
        checkup->findings, LEAT_FINDING_WARNING, "gtid", "server", leat_buffer_string(&mend),
        "gtid_mode is %s: positions are a file and an offset of this one server, and the pipeline "
        "cannot go on with another after a failover (each step waits until all servers of the "
        "topology have taken the one before)",
        leat_mysql_setting_text(&checkup->settings, "gtid_mode"));
    leat_buffer_free(&mend);
}

/* On a server that others replicate to or from, a write in the wrong place makes numbers that are not in
 * order; strict mode refuses it. Alone, a server cannot. */
static void check_mariadb_gtid(leat_mysql_checkup *checkup)
{
    leat_buffer mend = {0};
    if (!checkup->has_source || leat_mysql_setting_on(&checkup->settings, "gtid_strict_mode")) {
        leat_mysql_checkup_fine(checkup, "gtid", "transactions have GTIDs");
        return;
    }
    leat_mysql_append_setting(&mend, checkup->server, &checkup->settings, "gtid_strict_mode", "ON");
    leat_findings_add(
        checkup->findings, LEAT_FINDING_WARNING, "gtid", "server", leat_buffer_string(&mend),
        "gtid_strict_mode is OFF on a server that is a replica: a write made here by mistake gets "
        "a GTID that its source has for another one, and nothing can tell them apart");
    leat_buffer_free(&mend);
}

/* ---- A replica as our source ---- */

static bool logs_what_it_replicates(const leat_mysql_checkup *checkup)
{
    return leat_mysql_setting_on(&checkup->settings, "log_replica_updates") ||
           leat_mysql_setting_on(&checkup->settings, "log_slave_updates");
}

static void append_updates_mend(leat_mysql_checkup *checkup, leat_buffer *mend)
{
    bool new_name = leat_mysql_setting_text(&checkup->settings, "log_replica_updates")[0] != '\0';
    leat_mysql_append_static_setting(mend, &checkup->settings,
                                     new_name ? "log_replica_updates" : "log_slave_updates", "ON");
}

static void check_updates(leat_mysql_checkup *checkup)
{
    leat_buffer mend = {0};
    if (logs_what_it_replicates(checkup) || (checkup->source_known && !checkup->has_source))
        return;
    append_updates_mend(checkup, &mend);
    if (checkup->source_known)
        leat_findings_add(
            checkup->findings, LEAT_FINDING_ERROR, "log_replica_updates", "server", leat_buffer_string(&mend),
            "this server is a replica that does not log what it replicates: its log has nothing of "
            "the changes made on its source; let it log them, or point source.url at the source");
    else
        leat_findings_add(
            checkup->findings, LEAT_FINDING_WARNING, "log_replica_updates", "server",
            leat_buffer_string(&mend),
            "this server does not log what it replicates, and the account may not see whether it "
            "is a replica; if it is, its log has nothing of the changes made on its source");
    leat_buffer_free(&mend);
}

static void check_source(leat_mysql_checkup *checkup)
{
    if (checkup->has_source && checkup->server->gtid)
        leat_mysql_checkup_fine(
            checkup, "replica",
            "this server is a replica: changes come when it has them; by GTID the pipeline "
            "can go on with its source or another replica at any time");
    else if (checkup->has_source)
        leat_findings_add(
            checkup->findings, LEAT_FINDING_WARNING, "replica", "server", NULL,
            "this server is a replica without GTIDs: changes come when it has them, and when it "
            "is rebuilt or takes its source's place, a new snapshot is needed");
}

/* ---- Our number ---- */

static void report_taken(leat_mysql_checkup *checkup, const leat_mysql_connected_replica *replica)
{
    leat_findings_add(checkup->findings, LEAT_FINDING_WARNING, "replica_id", "source.server_id",
                      "set source.server_id to a number that no server and no other replica has",
                      "a replica%s%s with server_id %lld is connected: if it is not this pipeline itself, "
                      "running, each of the two ends the other's connection",
                      replica->host[0] == '\0' ? "" : " on ", replica->host, (long long)replica->server_id);
}

static void check_our_number(leat_mysql_checkup *checkup)
{
    uint32_t ours = checkup->options->server_id;
    if (ours == 0)
        return;
    if (ours == leat_mysql_setting_number(&checkup->settings, "server_id", 0)) {
        leat_findings_add(
            checkup->findings, LEAT_FINDING_ERROR, "replica_id", "source.server_id",
            "set source.server_id to a number that no server and no other replica has",
            "source.server_id is %lu, which is the server's own: it gives such a replica no log",
            (unsigned long)ours);
        return;
    }
    for (size_t i = 0; i < checkup->replica_count; i++)
        if (checkup->replicas[i].server_id == ours) {
            report_taken(checkup, &checkup->replicas[i]);
            return;
        }
}

void leat_mysql_check_replication(leat_mysql_checkup *checkup)
{
    if (!leat_mysql_setting_on(&checkup->settings, "log_bin"))
        return;
    if (checkup->server->mariadb)
        check_mariadb_gtid(checkup);
    else
        check_mysql_gtid(checkup);
    check_updates(checkup);
    check_source(checkup);
    check_our_number(checkup);
}
