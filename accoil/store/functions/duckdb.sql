-- What DuckDB spells its own way. Each engine has these under the same names.

-- The score of a raw figure against a benchmark: metrics as documented in docs/reference/numbers.md.
create or replace macro score_of(raw, benchmark, curve) as
    cast(case
        when raw <= 0 or raw is null or benchmark is null then 0
        else greatest(1, least(100, floor(
            case when curve = 'linear' then (100.0 * raw) / benchmark
                 else 100.0 * (1 - pow(10.0, -raw / benchmark)) end + 0.5 + 1e-9)))
    end as integer);

-- 90th percentile, linear interpolation, to one decimal.
create or replace macro p90(raw) as floor(10 * quantile_cont(cast(raw as double), 0.9) + 0.5) / 10;

-- Sets of small whole numbers as bits: 0 to 61, and wider, which takes twice the time.
create or replace macro bit_of(position) as cast(1 as bigint) << cast(position as integer);
create or replace macro wide_bit_of(position) as cast(1 as hugeint) << cast(position as integer);
create or replace macro bits_in(mask) as cast(bit_count(mask) as integer);

-- Half up; the small part mends means such as 82.49999999 that should be 82.5.
create or replace macro rounded(mean) as cast(floor(mean + 0.5 + 1e-9) as integer);

-- The days from first to last, both included, to be unnested.
create or replace macro days_through(first_day, last_day) as range(first_day, last_day + 1);

-- Of an e-mail address, in small letters; null where there is none.
create or replace macro host_of(email) as
    case when contains(email, '@') then lower(split_part(email, '@', -1)) end;

-- The whole number nearest, of a sum of shares that make one; one decimal, half up.
create or replace macro whole(total) as cast(total as bigint);
create or replace macro tenths(total) as floor(10 * total + 0.5 + 1e-9) / 10;
create or replace macro as_it_is(total) as total;

-- The first few days, each with how often, packed into one number: a third of the time it takes with both.
create or replace macro firsts(day, n, many) as min(day * cast(1048576 as bigint) + least(n, 1048575), many);
create or replace macro times_in(packed) as packed & 1048575;
create or replace macro day_in(packed) as cast((packed - (packed & 1048575)) // 1048576 as integer);

-- A number for a text; whoever finds the same number looks at the text too.
create or replace macro hash_of(text) as hash(text);

-- What is in both sets or either, a set with every position less, and whether a position is in a set.
create or replace macro bits_of_both(mask, other) as mask & other;
create or replace macro bits_of_either(mask, other) as mask | other;
create or replace macro moved_down(mask, places) as mask >> places;
create or replace macro has_bit(mask, position) as (mask >> cast(position as integer)) & 1 = 1;

-- How many whole sizes are in a number.
create or replace macro wholes(number, size) as number // size;

-- The median.
create or replace macro middle(figure) as median(figure);

-- The smallest number in a set.
create or replace macro least_in(mask) as bits_in((mask & -mask) - 1);
