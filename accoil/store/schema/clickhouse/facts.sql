-- What a counting process ships (accoil/store/tables.py): of each key every version that was not merged away yet
-- (NAME_versions, the tables of these statements); the newest that is there still is what is asked (NAME, a view).
-- Other tables of ../ are asked by that process alone.
-- Counts lie by account within 30 days: questions ask for a window of the book, or for a few users or accounts.
-- That `deleted` is no part of the engine is what makes reading quick: parts that share no keys are then read as they are.

create table product (product Int32, zone String, account_trait Nullable(String), version UInt64, deleted UInt8)
engine = ReplacingMergeTree(version) order by product;

create table name (
    product Int32, kind Int8, id Int64, name String, first_at Int64, first_day Int32, version UInt64, deleted UInt8
) engine = ReplacingMergeTree(version) order by (product, kind, id);

create table membership (
    product Int32, user_id Int64, account_id Int64, sent_at Int64, day Int32, sent_as Int64,
    version UInt64, deleted UInt8
) engine = ReplacingMergeTree(version) order by (product, user_id, account_id, sent_at, sent_as);

create table trait (
    product Int32, kind Int8, id Int64, key String, day Int32, sent_at Int64, value String, text Nullable(String),
    number Nullable(Float64), moment Nullable(Int64), moment_day Nullable(Int32), sent_as Int64,
    version UInt64, deleted UInt8
) engine = ReplacingMergeTree(version) order by (product, kind, key, id, day, sent_as);

create table trait_last (
    product Int32, kind Int8, id Int64, key String, day Int32, text Nullable(String), number Nullable(Float64),
    moment_day Nullable(Int32), value String, version UInt64, deleted UInt8
) engine = ReplacingMergeTree(version) order by (product, kind, key, id);

create table span (
    product Int32, user_id Int64, account_id Int64, from_day Int32, until_day Int32, version UInt64, deleted UInt8
) engine = ReplacingMergeTree(version) order by (product, user_id, from_day);

create table counts (
    product Int32, day Int32, user_id Int64, given_id Int64, account_id Int64, event_id Int64, n Int64, last_at Int64,
    sent_as Int64, version UInt64, deleted UInt8,
    index by_user user_id type bloom_filter(0.001) granularity 1
) engine = ReplacingMergeTree(version) partition by intDiv(day, 30)
order by (product, account_id, user_id, day, event_id, given_id, sent_as);

create table ever (
    product Int32, user_id Int64, account_id Int64, event_id Int64, first_day Int32, last_day Int32, last_at Int64,
    n Int64, version UInt64, deleted UInt8
) engine = ReplacingMergeTree(version) order by (product, user_id, account_id, event_id);

create table waiting (
    product Int32, kind Int8, user_id Int64, day Int32, given_id Int64, event_id Int64, n Int64, last_at Int64,
    version UInt64, deleted UInt8
) engine = ReplacingMergeTree(version) order by (product, kind, user_id, day, given_id, event_id);

create table adopted (
    product Int32, id Int64, by_id Int64, user_id Int64, version UInt64, deleted UInt8
) engine = ReplacingMergeTree(version) order by (product, id);

create table late (
    product Int32, user_id Int64, given_id Int64, event_id Int64, day Int32, received Int64,
    version UInt64, deleted UInt8
) engine = ReplacingMergeTree(version) order by (product, day, user_id, given_id, event_id);

create table shown (
    product Int32, id Int64, name Nullable(String), email Nullable(String), role Nullable(String),
    created_day Nullable(Int32), version UInt64, deleted UInt8
) engine = ReplacingMergeTree(version) order by (product, id);
