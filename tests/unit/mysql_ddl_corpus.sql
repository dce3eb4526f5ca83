-- Statements about tables, and what servers make of them. Each statement ends with a line ";;". Lines that begin
-- with "-- " between statements are directives:
--   case NAME      the tables of the cases before are dropped
--   only SERVER    the case is for mariadb or for mysql alone
--   since NUMBER   the case is for servers from this version on (101100 is MariaDB 10.11.0, 80400 MySQL 8.4.0)
--   setup          the statement is about the session: it is run, and nothing is expected
-- mysql_ddl_recorded_*.txt hold what servers logged and what their information_schema said after each statement.

-- case every numeric type
create table t (a tinyint(1), a2 tinyint(1) unsigned, b bool, b2 boolean not null, c int(0), d int(5), e int zerofill,
  f int(5) zerofill, g tinyint, h smallint unsigned, i mediumint, j bigint unsigned, k year, k2 year(4), l float,
  m float(7,3), n float(10), n2 float(24), o float(25), p double(10,2), p2 double precision unsigned, q real, r decimal,
  r2 decimal(0), r3 decimal(65,30), s numeric(5), u dec(5,2) unsigned, v fixed(4,4) zerofill, w bit, x bit(9),
  y int4, z int1 unsigned, z2 int2, z3 int3, z8 int8, zm middleint signed, zi integer unsigned, f4 float4, f8 float8)
;;
create table u (a bigint(30) zerofill, b bigint zerofill, c smallint zerofill, d tinyint zerofill, e tinyint(1) zerofill,
  f mediumint(3) unsigned zerofill, g float zerofill, h double unsigned zerofill, i float(5,2) unsigned)
;;
-- case every text type
create table t (a char, b char(0), c varchar(10) binary, d text(10), e text(64), f text(20000), g blob(255), h blob(256),
  i long, j long varchar, k long varbinary, l national char(3), m nchar varying(4), n nvarchar(5), o char byte,
  p varchar(5) character set binary, q text charset binary, r char(3) ascii, s char(3) unicode, u character varying(5),
  v varbinary(3), y national varchar(3), z char(5) byte, a1 nchar, a2 nchar(2), a3 national character varying(7),
  a4 long char varying, a5 char(3) character set latin1 binary, a6 varchar(3) collate utf8mb4_bin, a7 binary, a8 binary(20),
  a9 tinytext, b1 mediumtext, b2 longtext, b3 tinyblob, b4 blob, b5 mediumblob, b6 longblob, b7 char(255), b8 text ascii,
  b9 varchar(7) character set utf8mb3 collate utf8mb3_unicode_ci, c1 varchar(7) char set latin1, c2 varchar(3) unicode)
;;
create table u (w enum('a ','b''c','d\\e','f\ng','', "two""q", 'é', x'4b'), x set('x','y'),
  y enum('a') character set latin1 not null default 'a', z set('1','2','3','4','5','6','7','8','9') collate utf8mb4_bin default '1,2',
  e enum('a','b') character set binary)
;;
create table v (a json, b json not null)
;;
create table w (a text(0), b blob(0), c varchar(0), d text(16383), e text(16384), f text(63), g blob(65536), h blob(16777216),
  i text(4294967295) charset latin1, j text(100) charset utf8mb3, k text(86) charset utf8mb3, l text(85) charset utf8mb3)
;;
-- case every temporal and spatial type
create table t (a date, b time, c time(3), d datetime, e datetime(6), f timestamp, g timestamp(2) null, h year,
  i datetime(0), j geometry, k point, l linestring, m polygon, n multipoint, o multilinestring, p multipolygon,
  q geometrycollection, r point not null)
;;
-- case other spatial names
-- only mysql
create table t (a geomcollection, b point not null srid 4326, c geometry srid 0 not null, d point srid 4326 null)
;;
-- case spatial reference of MariaDB
-- only mariadb
create table t (a point ref_system_id=4326 not null, b geometry ref_system_id=0)
;;
-- case types of MariaDB
-- only mariadb
create table t (a uuid, b inet6, c inet6 not null default '::', d uuid default uuid())
;;
create table u (a varchar(100) compressed, b text compressed, c blob(300) compressed, d varbinary(20) compressed,
  e mediumtext compressed charset latin1 collate latin1_bin default 'x' comment 'c', f varchar(20) compressed=zlib not null)
;;
alter table u modify a varchar(200) compressed, modify b text
;;
create table v (a inet4, b varchar(10) /*!100301 compressed*/, c int /*!50700 unsigned */, d int /*M!100100 unsigned */, e int /*M!999999 unsigned */)
;;
-- case vectors of MySQL
-- only mysql
create table t (a vector, b vector(5), c vector(3) not null)
;;
-- case vectors of MariaDB
-- only mariadb
-- since 110700
create table t (id int primary key, v vector(3) not null, w vector(5), vector index (v) m=6 distance=euclidean)
;;
alter table t add w2 vector(4), drop w
;;
-- case defaults
create table t (a timestamp null, b timestamp(3) null default current_timestamp(3) on update current_timestamp(3),
  c datetime(6) default now(6), c2 datetime default localtimestamp on update now(), e date default '2020-01-01', f int default -5,
  g decimal(10,2) default 1, h varchar(10) default 'a''b', i bit(4) default b'101', k int default (1+2), l varchar(40) default (uuid()),
  p varchar(10) default null, q int not null, r boolean default true, s varchar(5) default '', t timestamp default '2020-01-01 00:00:00',
  u enum('a','b') default 'a', v float default 1.5, v2 double default 1e-5, w int default '7', x varchar(10) default 5, y int default 0x10,
  z int default +3, a1 char(3) default 'x', a2 datetime default '2021-02-03 04:05:06', a3 int unsigned default 007, a4 bigint default 0,
  a5 varchar(20) default _utf8mb4'abc', a6 int default (null), a7 varchar(9) default "q", a8 int default 1 not null comment 'a''b\nc' )
;;
alter table t alter a set default '2020-02-02 02:02:02', alter column f drop default, alter h set default 'z', alter w set default (7+1)
;;
alter table t alter k set default 0, alter s set default null, alter column q set default 4
;;
-- case nulls and keys of columns
create table t (id int auto_increment primary key, b int null, c int not null, d int unique, e int unique key, f int null default 1)
;;
create table u (id int auto_increment, key(id))
;;
create table v (id int null auto_increment unique)
;;
create table w (id serial, v int unique)
;;
create table x (id serial, b int)
;;
create table y (id int key, b int, unique (b), c int comment 'x' not null)
;;
create table z (id int, v int, primary key (v, id))
;;
create table z2 (id int serial default value)
;;
-- case indexes said twice
create table t (A int unique unique, b int unique key primary key, c long character set latin1, unique (a), d long char varying)
;;
alter table t add E int unique unique, add unique (e)
;;
create table u (id serial primary key, b int)
;;
create table v (b int, a int primary key unique, unique (a))
;;
-- case names of indexes
create table v (a int, b int, c int, unique(a), unique(b,a), unique (a,b), unique(b), index(c), unique(c),
  constraint foo unique (a,c), constraint bar unique baz (c,b), primary key (c), unique key `weird ``name` (a, b desc), constraint unique (c, b))
;;
create table w (a int, b varchar(20), unique (b(5)), unique index named using btree (a) comment 'x', unique key z (a asc) using btree key_block_size=4)
;;
alter table v add unique (a), add unique `c_4` (c,a), add index (b), add unique (b,c)
;;
alter table v drop index a_2, rename index b to bb, drop key foo, rename key c_2 to `new name`
;;
alter table v drop primary key, add primary key (a, b)
;;
create unique index z on v (b, c)
;;
drop index z on v
;;
create index plain on v (c)
;;
drop index plain on v
;;
drop index `PRIMARY` on v
;;
alter table v add constraint pk primary key using btree (c), add constraint u1 unique key (b)
;;
alter table v drop index `u1`
;;
-- case expressions in indexes
-- only mysql
create table t (a int, b int, unique ((a + 1)), unique ((a + b), b), key named ((b + 1)), unique fx ((lower(a)), a desc))
;;
alter table t drop index fx, add unique ((a * 2)), add column c int
;;
alter table t alter index functional_index invisible, drop index functional_index_2
;;
-- case keys that references make
create table p (id int primary key, x int, key (x))
;;
create table t (a int, b int, foreign key (a) references p(id), foreign key fk2 (b) references p(id), unique(a), unique(b),
  constraint cc foreign key (a) references p(id) on delete set null on update cascade, unique(a,b))
;;
create table u (a int, b int, constraint k1 foreign key (a) references p (id) on delete no action, unique (b), constraint foreign key k2 (b) references p (id), unique (a, b))
;;
alter table t add foreign key (b) references p(id) on delete restrict, add unique (b,a)
;;
create table v (a int references p(id) on delete cascade, b int check (b > 0), c int not null check (c>0), constraint cz check (a > 1 and b in (1,2)))
;;
alter table t drop foreign key cc, drop constraint a_2
;;
alter table v drop constraint cz, add constraint cy check (b < 10)
;;
-- case charsets inherited
create database if not exists lab2 character set latin1 collate latin1_bin
;;
create table lab2.t (a varchar(5), b char(3) binary, c text character set utf8mb4, d varchar(3) charset latin1)
;;
create table t (a varchar(5), b char(3) character set utf8mb4, c text collate utf8mb4_bin, d enum('x'), e varchar(5) character set latin1 collate latin1_bin) charset=latin1
;;
create table u (a varchar(5) character set utf8mb4, b varchar(3) character set latin1 binary, c char(3) binary, d varchar(5) character set utf8) collate utf8mb4_unicode_ci
;;
create table v (a varchar(3), b text, c enum('a','b'), d char(3), e varchar(10) charset latin1, f longtext) character set binary
;;
create table w (a varchar(3)) default charset utf8mb3 default collate = utf8mb3_unicode_ci comment 'it''s' engine = innodb row_format=dynamic
;;
create table x (a varchar(3)) comment='x', character set = latin1 checksum 0
;;
alter table t add f varchar(5), add g varchar(5) character set utf8mb4
;;
alter table t collate utf8mb4_bin
;;
alter table t add h varchar(10), add (i text, j enum('q'))
;;
alter table t default charset=latin1, add k varchar(5), add l varchar(5) collate utf8mb4_bin
;;
alter table t modify h varchar(12), change i ii varchar(5) character set ascii
;;
alter table t comment 'new', engine myisam
;;
alter table t comment '' engine=InnoDB auto_increment 5
;;
alter database lab2 character set utf8mb4 collate utf8mb4_bin
;;
create table lab2.u (a varchar(5))
;;
alter database lab2 collate latin1_bin
;;
create table lab2.v (a varchar(3)) charset utf8mb4
;;
alter table lab2.v convert to character set default
;;
drop database lab2
;;
-- case conversions
-- setup
set session sql_mode = ''
;;
create table t (a tinytext, b text, c mediumtext, d longtext, e char(10), f varchar(10), g varchar(16000), h enum('a','it''s'), i set('x'),
  j text character set utf8mb3, l text character set ascii, m tinyblob, n varchar(10) collate latin1_bin, o varbinary(3), p int, q text collate utf8mb4_bin, r binary(3), s enum('a') charset binary) charset latin1
;;
alter table t convert to character set utf8mb4
;;
alter table t convert to character set latin1 collate latin1_bin
;;
alter table t convert to charset utf8mb3
;;
alter table t convert to character set default
;;
create table u (a tinytext charset utf8mb3, b text charset utf8mb3, c tinytext charset utf8mb4, d varchar(10) charset utf8mb3, e char(3), f enum('b'))
;;
alter table u convert to character set utf8mb4 collate utf8mb4_unicode_ci, add g varchar(10) first
;;
alter table u convert to character set binary
;;
create table ucs (a tinytext, b text, c char(3), d varchar(7)) charset latin1
;;
alter table ucs convert to character set ucs2
;;
create table v (a varchar(20000)) charset latin1
;;
alter table v convert to character set utf8mb4
;;
alter table v modify a varchar(30) character set 'latin1' collate 'latin1_bin'
;;
create table v2 (a varchar(3), d varchar(10), e tinytext, f text, g enum('x') charset binary) charset latin1
;;
alter table v2 convert to character set utf8mb4, modify d varchar(20) charset ascii, add x varchar(3) charset ascii, add t1 text charset latin1,
  add t2 tinytext, add b varchar(3) charset binary, add cc varchar(4) collate latin1_bin, modify e text charset latin1, add j json, add n nchar(3)
;;
alter table v2 convert to character set utf8mb3, collate utf8mb3_bin, add z varchar(3)
;;
create table w (a json, b text)
;;
alter table w convert to character set latin1
;;
-- case conversions that say two things
-- only mariadb
create table t (a varchar(3), e tinytext) charset latin1
;;
alter table t collate latin1_bin, convert to character set utf8mb3
;;
alter table t convert to character set utf8mb4, default charset latin1, add b varchar(3)
;;
-- case varchars that are too long
-- setup
set session sql_mode = ''
;;
create table t (a varchar(16384) charset utf8mb4, b varchar(65536) charset latin1, c varchar(6000000) charset utf8mb4, d varchar(16777215) charset latin1, e varbinary(65536), f varchar(65535) charset utf8mb4, g varbinary(70000))
;;
create table u (a varchar(65532) charset latin1 not null)
;;
create table v (a varchar(16383) charset utf8mb4)
;;
-- case varchars that MariaDB finds too long
-- only mariadb
-- setup
set session sql_mode = ''
;;
create table t (a varchar(65533) charset latin1 not null, b varchar(65535) charset latin1, c varbinary(65533))
;;
-- case generated and invisible columns
create table v (a int, b int as (a+1), c int generated always as (a+2) virtual, d int generated always as (a) stored comment 'x',
  e varchar(10) collate utf8mb4_bin generated always as (concat(a,'),x')) virtual unique, f int invisible, g int as (a) invisible, h varchar(5) as ("a") stored)
;;
alter table v modify f int, add i int as (a * (2 + 1)) stored after a, add column j int default 3 invisible first
;;
-- case visibility of columns
-- only mysql
create table v (a int, f int invisible, g int visible)
;;
alter table v alter f set visible, alter column a set invisible
;;
-- case nulls of generated columns
-- only mysql
create table v (a int, c int generated always as (a+2) virtual not null, d int as (a) stored null, e int as (a) unique, f int as (a) stored primary key)
;;
-- case persistent columns
-- only mariadb
create table v (a int, c int as (a + 1) persistent, d int as (a) persistent unique comment 'x')
;;
-- case places of columns
create table t (a int, b varchar(10), c int)
;;
alter table t add d int first, add e int after a, add column (f int, g int), add column h int
;;
alter table t modify c bigint first, modify b varchar(20) after h, change a aa int after g
;;
alter table t rename column aa to a, rename column b to bb
;;
alter table t rename column c to d, rename column d to c
;;
alter table t change e f int, change f e bigint unsigned
;;
alter table t add x int after bb, add y int after x, drop column g, drop h
;;
alter table t change c d int, change d c int, change x y varchar(3) first, change y x varchar(4) after bb
;;
alter table t add z int first, add yy int first, add xx int first, modify a int after z
;;
alter table t drop z, add z bigint after yy
;;
-- case keys under changed columns
create table t (a int primary key, b int not null, c int, unique (b), unique bc (b, c))
;;
alter table t change a id bigint
;;
alter table t rename column b to bb
;;
alter table t drop primary key
;;
alter table t modify id int not null, add primary key (bb, id)
;;
alter table t modify bb int, add d int first, drop primary key, add primary key (d)
;;
alter table t drop column d, add column e int unique after id
;;
-- case columns that leave indexes
-- only mysql
create table t (a int default 1, b int, c int, unique k(a,b), unique (b,c), primary key(c,a))
;;
alter table t drop column b
;;
alter table t drop primary key, drop column c, add unique x(a)
;;
alter table t drop a, add d int
;;
-- case renames
create table t (a int)
;;
create table u (b int)
;;
create database lab2
;;
rename table t to x, u to t, x to u
;;
rename table t to lab2.t
;;
alter table u rename to lab2.u
;;
alter table lab2.u rename as t
;;
alter table lab2.t add c int, rename lab2.tt, add d int
;;
rename table lab2.tt to tt
;;
alter table t rename = `a ``b.c`
;;
alter table `a ``b.c` add index nothing (a), add unique (a)
;;
alter table `a ``b.c` rename index nothing to something, rename index a to other
;;
alter table `a ``b.c` rename grün
;;
alter table grün add `größe` int first, add unique (`größe`)
;;
alter table grün change `größe` `Größe 2` varchar(5)
;;
drop database lab2
;;
-- case quotes of ANSI
-- setup
set session sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'
;;
create table "t t" ("a""b" int comment 'back\', "c`d" enum('x\','y'), `e` varchar(5) default 'q\', primary key ("a""b"))
;;
alter table "t t" rename column "c`d" to c, add f varchar(3) default 'a' comment '\'
;;
-- case real as float
-- setup
set session sql_mode = 'REAL_AS_FLOAT'
;;
create table t (a real, b real(7,3), c double precision)
;;
-- case comments everywhere
/* lead; with 'a quote */ create -- line
  table # other ' line
 /*! t */ (a int /* ) */, b int /*!50000 unsigned */, c int /*!99999 unsigned, x int */, `d--` int, e/**/int, f int default -1
  ) /* trail /* not nested */ ;
;;
alter /*!50000 table */ t add /*! column */ g int /*! not /* inner */ null */, /*!40000 disable keys */
;;
alter table t/*
*/add	h	int,

 add i int-- end
;;
create table u(a int)-- 
;;
-- case likes and selects
create table t (a int primary key auto_increment, b varchar(5) default 'x', c text, unique (b)) comment 'c'
;;
create table u like t
;;
create table if not exists u (z int)
;;
create table if not exists v like t
;;
create table w (like t)
;;
create table s1 as select a, b, concat(b, 'x') as d, 1 as one, now() as n from t
;;
create table s2 (x int, key (x)) engine=innodb select b as x, c from t
;;
create table s3 (select 1 as a)
;;
create table s4 (a int not null, primary key (a)) ignore as select a from t
;;
alter table s1 add z int first
;;
create temporary table tmp (a int, b text)
;;
create table s5 like tmp
;;
drop temporary table tmp
;;
create table if not exists s6 (a int)
;;
drop table if exists u, v, nosuch
;;
drop table w, s3
;;
truncate table t
;;
truncate s2
;;
-- case replacing tables
-- only mariadb
create or replace table t (a int)
;;
create or replace table t (b varchar(5), c int) charset latin1
;;
create or replace table u like t
;;
create or replace table u as select c from t
;;
create or replace unique index k on t (b)
;;
create or replace unique index k on t (c)
;;
-- case conditions
-- only mariadb
create table t (a int, b int)
;;
alter table t add column if not exists a bigint, add column if not exists c int, drop column if exists nosuch, modify column if exists nosuch int, change column if exists nosuch x int
;;
alter table if exists t add unique index if not exists k (a), drop index if exists nosuch, add unique index if not exists u (b)
;;
alter table t add unique index if not exists k (b), drop index if exists u, rename column if exists nosuch to q, rename index if exists nosuch to q
;;
alter table if exists nosuch add z int
;;
drop index if exists k on t
;;
create unique index if not exists k2 on t (a)
;;
create unique index if not exists k2 on t (b)
;;
alter table t add column if not exists (d int, e int), drop column if exists b, alter column if exists c set default 5
;;
set statement max_statement_time=5, sql_mode='' for alter table t add column q int
;;
alter table t wait 5 add w int, algorithm=inplace, lock=none
;;
alter online table t nowait add w2 int
;;
drop table if exists t wait 3
;;
-- case options and partitions
create table t (id int not null, d date not null, v varchar(10)) engine=InnoDB auto_increment=7, avg_row_length 5, checksum=0 delay_key_write=0
  max_rows=100 min_rows 2 pack_keys=default row_format=compact stats_auto_recalc=default stats_persistent=1 stats_sample_pages=5 insert_method=no
  partition by range (year(d)) subpartition by hash (id) subpartitions 2 (partition p0 values less than (2000) comment 'x', partition p1 values less than maxvalue)
;;
alter table t add v2 int, algorithm=copy, lock=shared
;;
alter table t reorganize partition p1 into (partition p1 values less than (2010), partition p2 values less than maxvalue)
;;
alter table t truncate partition p0
;;
alter table t drop partition p0
;;
alter table t analyze partition all
;;
alter table t remove partitioning
;;
alter table t partition by key (id) partitions 3
;;
alter table t add partition partitions 2
;;
alter table t coalesce partition 1
;;
alter table t force, algorithm=default
;;
alter table t order by v desc, id
;;
alter table t disable keys, enable keys, add x int
;;
alter table t add index i (x) using btree comment 'c', add key f (v) using hash
;;
create table q (a int) partition by list columns (a) (partition p0 values in (1,2), partition p1 values in (3))
;;
create table q2 (a int)
;;
alter table q exchange partition p0 with table q2
;;
alter table q2 discard tablespace
;;
-- case partitions that become tables
-- only mariadb
create table t (a int, b varchar(3)) partition by range (a) (partition p0 values less than (10), partition p1 values less than (20))
;;
alter table t convert partition p0 to table u
;;
alter table t convert table u to partition p9 values less than (50)
;;
-- case other fields of tables
create table t (a int) engine=MyISAM comment 'first'
;;
create table u (a int) engine heap
;;
alter table u engine=innodb
;;
create table v (a int, b int) engine=MyISAM checksum=1 connection 'x'
;;
create table w (a int not null) engine=csv
;;
-- case sequences
-- only mariadb
create sequence s start with 5 increment by 2 cache 10 nocycle engine=innodb
;;
create or replace sequence s minvalue 1 maxvalue 10
;;
alter sequence s increment by 2 restart 3
;;
create table s3 (next_not_cached_value bigint(21) not null, minimum_value bigint(21) not null, maximum_value bigint(21) not null,
 start_value bigint(21) not null, increment bigint(21) not null, cache_size bigint(21) unsigned not null, cycle_option tinyint(1) unsigned not null, cycle_count bigint(21) not null) engine=InnoDB sequence=1
;;
rename table s to r
;;
create table t (id int default nextval(s3), b bigint default (next value for s3), c int default next value for s3)
;;
drop sequence if exists r
;;
drop table t, s3
;;
-- case sequences with a type
-- only mariadb
-- since 110500
create sequence s as int unsigned
;;
create sequence s2 as smallint
;;
alter sequence s as bigint
;;
-- case versioned tables
-- only mariadb
create table t (id int primary key, v varchar(3)) with system versioning
;;
-- setup
set session system_versioning_alter_history = keep
;;
alter table t add column b int
;;
alter table t add column c int after id, add d int first, add unique (b)
;;
alter table t drop system versioning
;;
alter table t add system versioning, add e int
;;
create table u (id int primary key, s timestamp(6) generated always as row start, e timestamp(6) generated always as row end invisible, x int, period for system_time(s,e)) with system versioning
;;
alter table u add y int, change x xx bigint
;;
alter table u drop column s, drop column e, drop period for system_time, drop system versioning
;;
create table w (a int, b int with system versioning)
;;
create table x (a int, b int without system versioning) with system versioning partition by system_time (partition p0 history, partition pn current)
;;
create table z (a int, s bigint unsigned generated always as row start, e bigint unsigned generated always as row end, period for system_time(s,e)) with system versioning
;;
create table z2 like t
;;
create table t9 (a int primary key, b int unique)
;;
alter table t9 add column s timestamp(6) generated always as row start, add column e timestamp(6) generated always as row end, add period for system_time (s,e), add system versioning
;;
-- case periods of applications
-- only mariadb
create table y (a int, p1 date, p2 date, period for app(p1,p2), primary key (a, app without overlaps))
;;
create table y2 (a int, p1 date, p2 date)
;;
alter table y2 add period for app(p1, p2), add unique k (a, app without overlaps)
;;
alter table y2 drop index k, drop period for app
;;
-- case dialect of Oracle
-- only mariadb
-- setup
set session sql_mode = 'ORACLE'
;;
create table t (a number, b number(5), c number(7,2), d varchar2(10), e clob, f raw(5), g date, h blob, i varchar2(5), "J" char(3), k mariadb_schema.date, l timestamp)
;;
-- case short names of collations
-- only mariadb
-- since 101003
create table t (a varchar(5) collate uca1400_ai_ci, b varchar(5) character set utf8mb3 collate uca1400_as_cs) charset utf8mb4 collate uca1400_ai_ci
;;
alter table t add c varchar(3), convert to character set utf8mb4 collate uca1400_as_ci
;;
-- case generated invisible primary keys
-- only mysql
-- setup
set session sql_generate_invisible_primary_key = on
;;
create table t (a int)
;;
alter table t add b int first
;;
create table u (a int) select 1 as a, 2 as b
;;
-- setup
set session sql_generate_invisible_primary_key = off
;;
alter table t add c int first, modify a int first
;;
alter table t alter column my_row_id set visible
;;
alter table t add d int first
;;
create table v (a int, my_row_id bigint unsigned not null auto_increment primary key invisible)
;;
alter table v add b int first
;;
-- case attributes of MySQL
-- only mysql
create table t (a int column_format dynamic storage disk, c int not secondary, d json, e int check (e > 0) not enforced comment 'c', f int constraint cf check (f>0))
;;
alter table t alter check cf not enforced, algorithm=copy
;;
alter table t alter constraint cf enforced
;;
alter table t drop check cf
;;
alter table t add constraint check (a > 1) not enforced, alter column a set default (1)
;;
create table u (a int, b int, index (a) invisible, unique index ub (b) visible)
;;
alter table u alter index ub invisible, lock = default
;;
-- case attributes of MariaDB
-- only mariadb
create table t (a int default (b + 1), b int, c int check (c > 0), constraint cc check (a > 1), d varchar(5) default concat('a', ')'), index i (b) ignored) page_checksum=1 transactional=0 engine=Aria
;;
alter table t alter index i not ignored, drop constraint cc
;;
create table u (a int) engine=innodb page_compressed=1 `encrypted`=no encryption_key_id=1
;;
-- case names that are words
create table `select` (`table` int, status int, type varchar(3), date date, time time, `index` int, value int, comment int, engine int, `offset` int, `key` int, `period` int, `system` int, first int, after int, enum enum('a'), begin int, end int, text text, json json, unique `primary key` (`table`), action int, visible int)
;;
alter table `select` drop status, add column status text, drop `period`, change first last int, rename column after to before_it, drop engine, add `order` int first, modify value varchar(5) after comment
;;
create table 2024_sales (1st int, e2e int, 0xg int, `3` int, $d int, _u int)
;;
alter table lab.2024_sales add 4th int after 1st, add b int after 0xg
;;
alter table lab . `2024_sales` add a int
;;
-- case timestamps that are not explicit
-- setup
set session explicit_defaults_for_timestamp = 0
;;
-- setup
set session sql_mode = ''
;;
create table t (a timestamp, b timestamp, c timestamp null, d timestamp(3) default 0, e timestamp not null, f datetime, g timestamp null default null)
;;
alter table t add h timestamp, add i timestamp null, modify b timestamp null, modify c timestamp, change f f2 timestamp(2)
;;
-- setup
set session explicit_defaults_for_timestamp = 1
;;
alter table t add j timestamp, add k timestamp not null
;;
-- case columns of many words
create table t (a int null not null default 3, b int not null null, c varchar(3) not null collate utf8mb4_bin default 'a' comment 'b', d int default 1 null comment 'x' unique,
  e varchar(5) character set latin1 not null default 'é' collate latin1_bin, f bigint unsigned auto_increment not null primary key comment 'key', g decimal(5) unsigned zerofill default 0, h int comment 'a' comment 'b')
;;
alter table t modify column e varchar(6) not null first, modify f int unsigned not null auto_increment
;;
alter table t change column b b int not null default 5 after a, alter column a set default 6, alter c set default 'q'
;;
alter table t add unique (b), add unique key (b, c), add constraint unique (a), drop primary key, modify f int, add primary key (a, b)
;;
-- case a column takes another's place and name
create table t (a int not null, b varchar(5) not null, c text, primary key (a), unique kb (b))
;;
alter table t drop column a, change b a varchar(7) not null
;;
alter table t add b int first, rename column a to aa, add a int not null unique
;;
alter table t change a z int not null, change aa a varchar(8) not null first
;;
alter table t drop column z, add z int
;;
alter table t add a2 int, add y varchar(3) first, rename column a to y2, add a int
;;
create table u (a varchar(3), b int, unique (a))
;;
alter table u add a varchar(3) first, rename column a to aa
;;
alter table u drop aa, add aa varchar(4) after b
;;
-- case what dumps have in them
create table if not exists `t` (
  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT COMMENT 'id',
  `name` varchar(255) COLLATE utf8mb4_unicode_ci DEFAULT NULL,
  `mail` varchar(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `state` enum('new','old') COLLATE utf8mb4_unicode_ci NOT NULL DEFAULT 'new',
  `flags` set('a','b') COLLATE utf8mb4_unicode_ci NOT NULL DEFAULT '',
  `price` decimal(10,2) NOT NULL DEFAULT '0.00',
  `created_at` timestamp NOT NULL DEFAULT current_timestamp(),
  `updated_at` timestamp(3) NULL DEFAULT NULL ON UPDATE current_timestamp(3),
  `doc` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`doc`)),
  `total` decimal(12,2) GENERATED ALWAYS AS (`price` * 2) STORED,
  PRIMARY KEY (`id`),
  UNIQUE KEY `mail` (`mail`),
  UNIQUE KEY `name_2` (`name`(50),`state`),
  KEY `state` (`state`) USING BTREE,
  CONSTRAINT `positive` CHECK (`price` >= 0)
) ENGINE=InnoDB AUTO_INCREMENT=1234 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='people; with a semicolon'
;;
ALTER TABLE `t` ADD COLUMN `new` varchar(20) NULL DEFAULT '' AFTER `mail`, ALGORITHM=INPLACE, LOCK=NONE
;;
ALTER TABLE `lab`.`t` CHANGE COLUMN `name` `full name` VARCHAR(300) CHARACTER SET 'utf8mb4' NOT NULL DEFAULT 'x' AFTER `id`, DROP INDEX `mail`, ADD UNIQUE INDEX `mail_UNIQUE` (`mail` ASC)
;;
alter table t drop column total, drop column doc, add column doc json default null, add constraint fk unique key x (id)
;;
