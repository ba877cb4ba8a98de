-- The tables of ../0001 to ../0007 as they are by then, on one server.

create table if not exists loaded (block Int64) engine = MergeTree order by block;

create table if not exists product (product Int32, zone String, account_trait Nullable(String))
engine = MergeTree order by product;

create table if not exists name (
    product Int32, kind Int8, id Int64, name String, first_at Int64, first_day Int32
) engine = MergeTree order by (product, kind, id);

create table if not exists message (
    product Int32, message_id UInt64, kind Int8, sent_at Int64, day Int32, user_id Int64, given_id Int64, event_id Int64
) engine = MergeTree order by (product, day);

create table if not exists membership (
    product Int32, user_id Int64, account_id Int64, sent_at Int64, day Int32, sent_as Int64
) engine = MergeTree order by (product, user_id);

create table if not exists trait (
    product Int32, kind Int8, id Int64, key String, day Int32, sent_at Int64, value String, text Nullable(String),
    number Nullable(Float64), moment Nullable(Int64), moment_day Nullable(Int32), sent_as Int64
) engine = MergeTree order by (product, kind, key, id);

create table if not exists trait_last (
    product Int32, kind Int8, id Int64, key String, day Int32, text Nullable(String), number Nullable(Float64),
    moment_day Nullable(Int32), value String
) engine = MergeTree order by (product, kind, key, id);

create table if not exists span (product Int32, user_id Int64, account_id Int64, from_day Int32, until_day Int32)
engine = MergeTree order by (product, user_id);

create table if not exists counts (
    product Int32, day Int32, user_id Int64, given_id Int64, account_id Int64, event_id Int64, n Int64, last_at Int64,
    sent_as Int64
) engine = MergeTree order by (product, day, account_id, user_id);

create table if not exists ever (
    product Int32, user_id Int64, account_id Int64, event_id Int64, first_day Int32, last_day Int32, last_at Int64, n Int64
) engine = MergeTree order by (product, user_id);

create table if not exists link (product Int32, id Int64, user_id Int64, name String, sent_at Int64)
engine = MergeTree order by (product, id);

create table if not exists waiting (
    product Int32, kind Int8, user_id Int64, day Int32, given_id Int64, event_id Int64, n Int64, last_at Int64
) engine = MergeTree order by (product, user_id);

create table if not exists adopted (product Int32, id Int64, by_id Int64, user_id Int64)
engine = MergeTree order by (product, id);

create table if not exists circle (product Int32, id Int64) engine = MergeTree order by (product, id);

create table if not exists sealed (product Int32, file String, ids Int64, checksum String)
engine = MergeTree order by product;

create table if not exists set_aside (block Int64, reason String) engine = MergeTree order by block;

create table if not exists late (
    product Int32, user_id Int64, given_id Int64, event_id Int64, day Int32, received Int64
) engine = MergeTree order by (product, day);

create table if not exists shown (
    product Int32, id Int64, name Nullable(String), email Nullable(String), role Nullable(String),
    created_day Nullable(Int32)
) engine = MergeTree order by (product, id);
