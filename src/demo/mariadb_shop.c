#include "demo/shop.h"

/* What stands in the tables at the start is not in the log, as it would not be after some weeks: this
 * connection makes nothing but that. */
static const char *const tables[] = {
    "SET SESSION sql_log_bin = 0",
    "CREATE TABLE customers ("
    " id bigint AUTO_INCREMENT PRIMARY KEY,"
    " name varchar(80) NOT NULL,"
    " email varchar(80) UNIQUE,"
    " active boolean NOT NULL DEFAULT true,"
    " interests set('tea','books','bicycles','maps') NOT NULL DEFAULT '',"
    " profile json,"
    " joined timestamp(6) NOT NULL DEFAULT current_timestamp(6))",
    "CREATE TABLE orders ("
    " id bigint AUTO_INCREMENT PRIMARY KEY,"
    " customer_id bigint NOT NULL,"
    " status enum('new','paid','shipped','returned') NOT NULL DEFAULT 'new',"
    " total decimal(12,2) NOT NULL DEFAULT 0,"
    " placed timestamp(6) NOT NULL DEFAULT current_timestamp(6),"
    " FOREIGN KEY (customer_id) REFERENCES customers (id))",
    "CREATE TABLE order_items ("
    " order_id bigint NOT NULL,"
    " line integer NOT NULL,"
    " product varchar(80) NOT NULL,"
    " quantity integer NOT NULL,"
    " price decimal(10,2) NOT NULL,"
    " PRIMARY KEY (order_id, line),"
    " FOREIGN KEY (order_id) REFERENCES orders (id))",
    NULL,
};

/* With their numbers: left to itself, the server skips some between two statements of many rows. */
static const char customers[] =
    "INSERT INTO customers (id, name, email, active, interests, profile, joined)"
    " SELECT seq,"
    "  concat(elt(1 + seq % 8, 'Ada','Grace','Edsger','Barbara','Donald','Frances','Dennis','Radia'), ' ',"
    "   elt(1 + seq % 7, 'Miller','Weaver','Cooper','Smith','Baker','Fletcher','Turner')),"
    "  concat('customer', seq, '@example.com'), seq % 11 <> 0, (1 << (1 + seq % 4)) - 1,"
    "  json_object('language', elt(1 + seq % 3, 'en','de','fr'), 'visits', seq % 40),"
    "  now(6) - INTERVAL seq * 10 MINUTE"
    " FROM seq_$1_to_$2";

static const char orders[] = "INSERT INTO orders (id, customer_id, status, total, placed)"
                             " SELECT seq, 1 + seq % (SELECT max(id) FROM customers),"
                             "  elt(1 + seq % 4, 'paid','shipped','shipped','returned'),"
                             "  seq % 900 + 0.95, now(6) - INTERVAL seq MINUTE"
                             " FROM seq_$1_to_$2";

static const char items[] =
    "INSERT INTO order_items"
    " SELECT id, seq, elt(1 + (id + seq) % 5, 'kettle','atlas','saddle','novel','lamp'),"
    "  1 + id % 3, 4.99 + id % 50"
    " FROM orders, seq_1_to_2 WHERE id BETWEEN $1 AND $2";

static const char add_items[] = "INSERT INTO order_items SELECT $1, seq,"
                                " elt(1 + ($2 + seq) % 5, 'kettle','atlas','saddle','novel','lamp'),"
                                " 1 + seq % 3, 4.99 + $2 % 50 FROM seq_1_to_3 WHERE seq <= 1 + $2 % 3";

static const char add_up[] =
    "UPDATE orders SET total = (SELECT sum(quantity * price) FROM order_items WHERE order_id = $1)"
    " WHERE id = $1";

static const char move_on[] =
    "UPDATE orders SET status = CASE status WHEN 'new' THEN 'paid' WHEN 'paid' THEN 'shipped'"
    " ELSE 'returned' END"
    " WHERE id >= $1 AND status <> 'returned' ORDER BY id LIMIT 1";

static const char visit[] = "UPDATE customers SET profile = json_set(profile, '$.visits',"
                            " CAST(json_value(profile, '$.visits') AS integer) + 1), active = true"
                            " WHERE id >= $1 ORDER BY id LIMIT 1";

static const char join_shop[] =
    "INSERT INTO customers (name, email, interests, profile)"
    " SELECT 'Margaret Reeve', 'new$1@example.com', 'maps', json_object('visits', 1)"
    " WHERE NOT EXISTS (SELECT 1 FROM customers WHERE email = 'new$1@example.com')";

const leat_demo_shop leat_demo_mariadb_shop = {
    .database = "CREATE DATABASE shop CHARACTER SET utf8mb4",
    .tables = tables,
    .customers = customers,
    .orders = orders,
    .items = items,
    .analyse = "ANALYZE TABLE customers, orders, order_items",
    .place_order = "INSERT INTO orders (customer_id)"
                   " SELECT id FROM customers WHERE id >= $1 ORDER BY id LIMIT 1 RETURNING id",
    .place_gift = "INSERT INTO orders (customer_id, gift, coupon)"
                  " SELECT id, true, concat('SPRING', id) FROM customers WHERE id >= $1 ORDER BY id LIMIT 1"
                  " RETURNING id",
    .add_items = add_items,
    .add_up = add_up,
    .move_on = move_on,
    .visit = visit,
    .join = join_shop,
    .some_order = "SELECT id FROM orders WHERE id >= $1 ORDER BY id LIMIT 1",
    .forget_items = "DELETE FROM order_items WHERE order_id = $1",
    .forget_order = "DELETE FROM orders WHERE id = $1",
    .alteration =
        "ALTER TABLE orders ADD COLUMN gift boolean NOT NULL DEFAULT false, ADD COLUMN coupon varchar(40)",
};
