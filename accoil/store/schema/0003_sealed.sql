create table sealed (                                       -- files of ids whose messages were dropped
    product integer not null, file varchar not null, ids bigint not null, checksum varchar not null
);

create table set_aside (block bigint not null, reason varchar not null);   -- journal blocks that could not be read
