-- Which database of facts is the current one, and what was shipped to it.

-- The one with the largest number is asked. `id`: of this one and no other; `tables`: what its tables were made by.
create table generation (number Int64, id String, tables String, made DateTime)
engine = ReplacingMergeTree order by number;

-- What readers hear of, product by product: since which day numbers have moved, and whether anything about people has.
-- Product 0 says how far it goes when nothing else does.
create table shipped (
    id String, version UInt64, product Int32, block Int64, first_day Int32, tells_of_people UInt8, made DateTime
) engine = ReplacingMergeTree order by (id, version, product) ttl made + interval 1 day;
