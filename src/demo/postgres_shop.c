#include "demo/shop.h"

static const char *const tables[] = {
    "CREATE TYPE order_status AS ENUM ('new', 'paid', 'shipped', 'returned')",
    "CREATE TABLE customers ("
    " id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
    " name text NOT NULL,"
    " email varchar(80) UNIQUE,"
    " active boolean NOT NULL DEFAULT true,"
    " interests text[] NOT NULL DEFAULT '{}',"
    " profile jsonb,"
    " joined timestamptz NOT NULL DEFAULT now())",
    "CREATE TABLE orders ("
    " id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
    " customer_id bigint NOT NULL REFERENCES customers,"
    " status order_status NOT NULL DEFAULT 'new',"
    " total numeric(12,2) NOT NULL DEFAULT 0,"
    " placed timestamptz NOT NULL DEFAULT now())",
    "CREATE TABLE order_items ("
    " order_id bigint NOT NULL REFERENCES orders,"
    " line integer NOT NULL,"
    " product text NOT NULL,"
    " quantity integer NOT NULL,"
    " price numeric(10,2) NOT NULL,"
    " PRIMARY KEY (order_id, line))",
    NULL,
};

static const char customers[] =
    "INSERT INTO customers (name, email, active, interests, profile, joined)"
    " SELECT (ARRAY['Ada','Grace','Edsger','Barbara','Donald','Frances','Dennis','Radia'])[1 + i % 8]"
    "   || ' ' || (ARRAY['Miller','Weaver','Cooper','Smith','Baker','Fletcher','Turner'])[1 + i % 7],"
    "  'customer' || i || '@example.com', i % 11 <> 0,"
    "  (ARRAY['tea','books','bicycles','maps'])[1 : 1 + i % 4],"
    "  jsonb_build_object('language', (ARRAY['en','de','fr'])[1 + i % 3], 'visits', i % 40),"
    "  now() - i * interval '10 minutes'"
    " FROM generate_series($1, $2) AS i";

static const char orders[] = "INSERT INTO orders (customer_id, status, total, placed)"
                             " SELECT 1 + i % (SELECT max(id) FROM customers),"
                             "  (ARRAY['paid','shipped','shipped','returned'])[1 + i % 4]::order_status,"
                             "  (i % 900) + 0.95, now() - i * interval '1 minute'"
                             " FROM generate_series($1, $2) AS i";

static const char items[] =
    "INSERT INTO order_items"
    " SELECT id, line, (ARRAY['kettle','atlas','saddle','novel','lamp'])[1 + (id + line) % 5],"
    "  1 + id % 3, 4.99 + id % 50"
    " FROM orders, generate_series(1, 2) AS line WHERE id BETWEEN $1 AND $2";

static const char add_items[] =
    "INSERT INTO order_items SELECT $1, line,"
    " (ARRAY['kettle','atlas','saddle','novel','lamp'])[1 + ($2 + line) % 5], 1 + line % 3,"
    " 4.99 + $2 % 50 FROM generate_series(1, 1 + $2 % 3) AS line";

static const char add_up[] =
    "UPDATE orders SET total = (SELECT sum(quantity * price) FROM order_items WHERE order_id = $1)"
    " WHERE id = $1";

static const char move_on[] =
    "UPDATE orders SET status = CASE status WHEN 'new' THEN 'paid' WHEN 'paid' THEN 'shipped'"
    " ELSE 'returned' END::order_status"
    " WHERE id = (SELECT id FROM orders WHERE id >= $1 AND status <> 'returned' ORDER BY id LIMIT 1)";

static const char visit[] = "UPDATE customers SET profile = jsonb_set(profile, '{visits}',"
                            " to_jsonb((profile->>'visits')::integer + 1)), active = true"
                            " WHERE id = (SELECT id FROM customers WHERE id >= $1 ORDER BY id LIMIT 1)";

static const char join_shop[] =
    "INSERT INTO customers (name, email, interests, profile)"
    " VALUES ('Margaret Reeve', 'new' || $1 || '@example.com', '{maps}', '{\"visits\": 1}')"
    " ON CONFLICT (email) DO NOTHING";

const leat_demo_shop leat_demo_postgres_shop = {
    .database = "CREATE DATABASE shop",
    .tables = tables,
    .customers = customers,
    .orders = orders,
    .items = items,
    .analyse = "ANALYZE",
    .place_order = "INSERT INTO orders (customer_id)"
                   " SELECT id FROM customers WHERE id >= $1 ORDER BY id LIMIT 1 RETURNING id",
    .place_gift = "INSERT INTO orders (customer_id, gift, coupon)"
                  " SELECT id, true, 'SPRING' || id FROM customers WHERE id >= $1 ORDER BY id LIMIT 1"
                  " RETURNING id",
    .add_items = add_items,
    .add_up = add_up,
    .move_on = move_on,
    .visit = visit,
    .join = join_shop,
    .some_order = "SELECT id FROM orders WHERE id >= $1 ORDER BY id LIMIT 1",
    .forget_items = "DELETE FROM order_items WHERE order_id = $1",
    .forget_order = "DELETE FROM orders WHERE id = $1",
    .alteration = "ALTER TABLE orders ADD COLUMN gift boolean NOT NULL DEFAULT false, ADD COLUMN coupon text",
};
