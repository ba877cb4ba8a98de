-- What ClickHouse spells its own way: the same names as in duckdb.sql, and functions that both know under different ones.
-- `spelling.py` puts these into a question before it is asked, so that a server need hold nothing of ours but facts.

create or replace macro score_of(raw, benchmark, curve) as
    toInt32(case
        when raw <= 0 or raw is null or benchmark is null then 0
        else greatest(1, least(100, floor(
            case when curve = 'linear' then (100.0 * raw) / cast(benchmark as Nullable(Float64))
                 else 100.0 * (1 - pow(10.0, -raw / cast(benchmark as Nullable(Float64)))) end + 0.5 + 1e-9)))
    end);

create or replace macro p90(raw) as floor(10 * quantileExactInclusive(0.9)(toFloat64(raw)) + 0.5) / 10;

create or replace macro bit_of(position) as bitShiftLeft(toInt64(1), toInt32(position));
create or replace macro wide_bit_of(position) as bitShiftLeft(toInt128(1), toInt32(position));
create or replace macro bits_in(mask) as toInt32(bitCount(mask));

create or replace macro rounded(mean) as toInt32(floor(mean + 0.5 + 1e-9));

create or replace macro days_through(first_day, last_day) as range(first_day, last_day + 1);

create or replace macro host_of(email) as
    case when position(email, '@') > 0 then lowerUTF8(arrayElement(splitByChar('@', assumeNotNull(email)), -1)) end;

create or replace macro whole(total) as toInt64(round(total));
create or replace macro tenths(total) as floor(10 * total + 0.5 + 1e-9) / 10;
create or replace macro as_it_is(total) as total;

create or replace macro firsts(day, n, many) as
    groupArraySorted(many)(toInt64(day) * 1048576 + least(toInt64(n), 1048575));
create or replace macro times_in(packed) as bitAnd(packed, 1048575);
create or replace macro day_in(packed) as toInt32(intDiv(packed - bitAnd(packed, 1048575), 1048576));

create or replace macro hash_of(text) as cityHash64(text);

create or replace macro has_bit(mask, position) as bitAnd(bitShiftRight(mask, toInt32(position)), 1) = 1;
create or replace macro least_in(mask) as toInt32(bitCount(bitAnd(mask, -mask) - 1));
create or replace macro bits_of_both(mask, other) as bitAnd(mask, other);
create or replace macro bits_of_either(mask, other) as bitOr(mask, other);
create or replace macro moved_down(mask, places) as bitShiftRight(mask, places);

create or replace macro wholes(number, size) as intDiv(number, size);
create or replace macro middle(figure) as quantileExactInclusive(0.5)(figure);

create or replace macro arg_min(value, place) as argMin(value, place);
create or replace macro arg_max(value, place) as argMax(value, place);
create or replace macro bit_or(mask) as groupBitOr(mask);
create or replace macro bool_or(condition) as max(condition);
create or replace macro contains(text, part) as position(text, part) > 0;
create or replace macro starts_with(text, part) as startsWith(text, part);
create or replace macro ends_with(text, part) as endsWith(text, part);
create or replace macro lower(text) as lowerUTF8(text);
create or replace macro trim(text) as trimBoth(text);
create or replace macro len(list) as toInt64(length(list));
create or replace macro unnest(list) as arrayJoin(list);
create or replace macro round(number) as sign(number) * floor(abs(number) + 0.5);
